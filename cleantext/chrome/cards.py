"""Invented blocks that sites set beside a text or into it: who wrote or sells it, its episodes, a shop's buttons, what
others bought, the index of an official paper; and bodies that such blocks belong to. Training only; see `genres`.

All words of this file were written for this project; the others come from the clean pages at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from cleantext.chrome import frames, invented
from cleantext.chrome.frames import Pool
from cleantext.chrome.strokes import Row, body, clause, numbered, prose, sentence, site_line

_RANKS: Final = (
    "主治医师", "副主任医师", "高级会员", "新手上路", "注册会员", "版主", "LV3", "初级工程师", "律师",
    "资深经纪人", "人事主管", "金牌卖家", "认证作者", "三级", "特邀作者",
)  # fmt: skip
_COUNTED: Final = (
    "积分", "帖子", "主题", "精华", "威望", "金币", "粉丝", "关注", "文章", "获赞", "帮助网友", "收到感谢",
    "回答", "采纳率", "访问", "好评率", "成交", "收听数", "在线时间", "贡献",
)  # fmt: skip
_CARD_BUTTONS: Final = (
    "加好友", "发消息", "+ 关注", "已关注", "串个门", "向TA提问", "打招呼", "当前离线", "当前在线", "立即咨询",
    "进入店铺", "联系卖家", "给我留言", "查看完整号码", "立即沟通", "TA的主页", "[给他留言]", "[加为商友]",
)  # fmt: skip
_SHOP_BUTTONS: Final = (
    "降价通知", "配送至 请选择", "数量 - 1 +", "有货", "加入购物车 立即购买", "库存充足", "已售 {n} 件",
    "月销 {n} 累计评价 {m}", "商品介绍 规格参数 售后保障 商品评价({n})", "分享 收藏商品 举报", "运费 快递: 0.00",
    "正品保障 七天无理由退货", "服务承诺", "支付方式", "选择颜色", "在线客服", "进店逛逛",
)  # fmt: skip
_SERVICE: Final = (
    "登录", "注册", "下载", "评论", "收藏", "分享", "搜索", "广告", "投稿", "客服", "验证码", "密码", "发票",
    "优惠券", "会员", "打印", "隐私设置", "版权", "订阅", "充值", "退款", "通知", "账号", "二维码", "公众号",
    "客户端", "浏览器", "举报", "关注", "转发", "留言", "积分",
)  # fmt: skip
_VERBS: Final = ("首次{t}", "{t}后", "如果{t}失败，", "点击“{t}”，", "在页面上方找到{t}，", "需要{t}的，", "{t}前请")
_ROLES: Final = (
    "原作", "导演", "编剧", "监督", "主演", "音乐", "制作", "出品", "摄影", "系列构成", "人物设定", "主题曲",
    "地区", "语言", "类型", "片长", "官网", "上映日期", "演员", "配音", "译者", "出版社", "页数",
)  # fmt: skip


def card(pool: Pool, random: Random) -> list[str]:
    """Who wrote, answers or sells: a name, a rank, counts and buttons, a line each or in rows."""
    rows = [random.choice((frames.user_name(random), invented.person(random), clause(pool, random, 2, 5)))]
    if random.random() < 0.5:
        rows.append(random.choice(_RANKS))
    if random.random() < 0.25:
        rows = [" ".join(rows)]
    mark = random.choice(("：", " ", ":", "  "))
    rows += [
        f"{word}{mark}{random.randint(0, 9999)}" for word in random.sample(_COUNTED, random.choice((0, 1, 2, 3, 5)))
    ]
    if random.random() < 0.3:
        rows.append(f"擅长：{clause(pool, random, 3, 8)}、{clause(pool, random, 3, 8)}")
    rows += random.sample(_CARD_BUTTONS, random.choice((0, 1, 1, 2, 3)))
    if random.random() < 0.2:
        phone = random.randint(10**6, 10**8)
        rows += random.sample(
            (f"电话 0571-{phone}", f"手机 138{phone}", f"联系人 {rows[0]}(先生)", f"QQ：{phone}"), random.randint(1, 3)
        )
    return rows


def episodes(pool: Pool, random: Random) -> list[str]:
    """The parts of a series, or the pages of an article, under their heading."""
    style = random.choice(("第{n}集 {t}", "第{n}集", "{n}", "第{n}话 {t}", "{n}. {t}", "第{n}期：{t}", "第{n}页：{t}"))
    rows = [style.format(n=n, t=clause(pool, random, 2, 8)) for n in range(1, random.randint(4, 12))]
    return [random.choice(("选集", "剧集列表", "播放列表", "本文导航", "往期节目", "正在播放", "章节列表")), *rows]


def shop(pool: Pool, random: Random) -> list[str]:
    """A shop's buttons and promises."""
    rows = random.sample(_SHOP_BUTTONS, random.randint(1, 5))
    return [row.format(n=random.randint(0, 999), m=random.randint(0, 9999)) for row in rows]


def reviews(pool: Pool, random: Random) -> list[str]:
    """What buyers say: a few words, when, buttons."""
    rows = [random.choice(("买家评论", "商品评价", "全部评价", "用户点评", "买家秀", "大家印象"))]
    for _ in range(random.randint(1, 4)):
        said = clause(pool, random, 3, 12)
        rows.append(random.choice((said, f"{said}，{clause(pool, random, 3, 10)}。", f"不错，{said}。")))
        rows += random.sample((frames.moment(random), f"有用({random.randint(0, 9)})", "l***8", "★★★★★"), 2)
    return rows


def index(pool: Pool, random: Random) -> list[str]:
    """The index of an official paper: number, office, class, state."""
    office = clause(pool, random, 4, 8) + random.choice(("局", "委员会", "办公室", "政府"))
    rows = [
        f"索引号：{random.randint(10**8, 10**9)}-{random.randint(1, 99)}/{random.randint(2008, 2023)}",
        f"发布机构：{office}", f"生成日期：{frames.moment(random)[:10]}",
        f"有效性：{random.choice(('有效', '是', '废止'))}",
        f"主题分类：{clause(pool, random, 2, 6)}", f"公开范围：{random.choice(('面向社会', '全部公开'))}",
        f"信息索取号：{random.randint(10**6, 10**8)}", f"体裁：{random.choice(('通知', '公告', '其他'))}",
    ]  # fmt: skip
    return random.sample(rows, random.randint(2, 6))


def tail(pool: Pool, random: Random) -> list[str]:
    """Short entreaties that a trader's or a writer's page ends with."""
    site = frames.site_name(random)
    return random.sample(
        (
            f"联系我时请说是在{site}看到的", "欢迎来电来函洽谈业务！", f"看房请说在{site}看到的，谢谢！",
            "先到先得，欢迎咨询！", "喜欢请点赞、转发、收藏！", f"更多内容请关注{site}", "我在等你来，点击进入",
            "求职提醒：收取费用的都是骗子，请立即举报", f"以上信息由发布人提供，{site}不承担保证责任。",
            f"声明：{site}所载资料仅供参考，不作为诊断依据。", "长按二维码，加入读者群",
            f"{random.choice(_SERVICE)}有误？点此纠错",
        ),
        random.choice((1, 1, 2)),
    )  # fmt: skip


def manual(pool: Pool, random: Random) -> list[Row]:
    """How a service or a program is used: its headings are the words of buttons, its sentences speak of them."""
    rows = [clause(pool, random, 3, 12) + random.choice(("使用说明", "帮助", "常见问题", "指南", ""))]
    for topic in random.sample(_SERVICE, random.randint(2, 6)):
        head = random.choice(
            (topic, topic, f"如何{topic}", f"{topic}？", f"【{topic}】", f"{topic}说明", f"问：怎么{topic}？")
        )
        verb = random.choice(_VERBS).format(t=topic)
        said = [verb + sentence(pool, random) for _ in range(random.randint(1, 3))]
        if head.startswith("问"):
            said[0] = "答：" + said[0]
        rows += [head, *(numbered(said, random) if random.random() < 0.3 else said)]
    return body(rows)


def facts(pool: Pool, random: Random) -> list[Row]:
    """Names and values of an event, a place or a work: times, places, telephones, addresses in the web among them."""
    phone, name = f"0571-{random.randint(10**6, 10**8)}", invented.person(random)
    rows = [
        f"集合时间：{random.randint(1, 12)}月{random.randint(1, 28)}日早上{random.randint(6, 9)}:30",
        f"营业时间：{random.randint(7, 10)}:00-{random.randint(17, 23)}:00",
        f"工作时间：周一至周五 9:00-{random.randint(17, 19)}:00",
        f"开放时间：{random.randint(8, 10)}:00—17:00（周一闭馆）", f"报名时间：{frames.moment(random)[:10]}起",
        f"地址：{clause(pool, random, 3, 8)}路{random.randint(1, 300)}号", f"集合地点：{clause(pool, random, 3, 8)}",
        f"联系人：{name}", f"联系电话：{phone}", f"咨询电话：{phone}", f"费用：{random.randint(1, 300)}元/人",
        f"交通：乘{random.randint(1, 99)}路到{clause(pool, random, 2, 5)}站下", "官网：https://www.example.com/",
        f"邮箱：{random.choice(('office', 'info'))}@example.com", f"门票：{random.randint(0, 120)}元",
        f"价格：{random.randint(5, 900)}元",
        f"{clause(pool, random, 2, 4)}：{clause(pool, random, 2, 10)}",
        f"{clause(pool, random, 2, 4)}：{clause(pool, random, 2, 10)}",
        *(f"{role}：{invented.person(random)}" for role in random.sample(_ROLES, 4)),
    ]  # fmt: skip
    chosen = random.sample(rows, random.randint(3, 9))
    if random.random() < 0.2:
        chosen.insert(0, random.choice(("STAFF", "CAST", "基本信息", "活动信息", "温馨提示", "参观须知", "详情")))
    text = prose(pool, random, 4)
    out = [*chosen, *text] if random.random() < 0.5 else [*text, *chosen]
    if random.random() < 0.4:
        out += numbered([sentence(pool, random) for _ in range(random.randint(2, 4))], random)
    return body([clause(pool, random, 4, 16), *out])


def vacancy(pool: Pool, random: Random) -> list[Row]:
    """An offer as job and property sites show it: a row of conditions, buttons, fields, points, an address, a card."""
    rows = body([clause(pool, random, 3, 10) + random.choice(("", "（全职）", " 精装修", "经理", "工程师", " 急转"))])
    rows += body([random.choice(("8千-1.2万", "面议", "168万", "4500元/月", "6000-8000元", "单价 15273元/平米"))])
    cells = [clause(pool, random, 2, 4), "经验1-3年", random.choice(("本科", "大专", "不限")), "五险一金", "双休"]
    gap = random.choice((" | ", " ", " / ", " · "))
    rows += body([gap.join(random.sample(cells, random.randint(2, 5))) for _ in range(random.randint(1, 2))])
    rows += site_line(random, "收藏 立即沟通", "立即投递", "申请职位 收藏 分享", "预约看房", "联系经纪人")
    for head in random.sample(("职位描述", "任职要求", "房源介绍", "福利待遇", "岗位职责"), random.randint(1, 3)):
        points = [clause(pool, random, 4, 18) + random.choice("；。；") for _ in range(random.randint(2, 5))]
        rows += body([head, *numbered(points, random)])
    if random.random() < 0.5:
        rows += body([f"工作时间：周三至周日 9:00-{random.randint(17, 20)}:00"])
    if random.random() < 0.6:
        street = f"{clause(pool, random, 2, 4)}区{clause(pool, random, 2, 4)}路"
        place = f"{street}{random.randint(1, 99)}号{random.randint(1, 20)}层"
        mark = random.choice(("工作地址", "上班地点", "地址："))
        rows += body([mark + place] if mark[-1] == "：" else [mark, place])
    if random.random() < 0.5:
        rows += body([random.choice(("公司介绍", "公司简介", "关于我们的团队")), *prose(pool, random, 2)])
    return rows + [(line, 1) for line in (card(pool, random) if random.random() < 0.6 else [])]


def opinions(pool: Pool, random: Random) -> list[Row]:
    """Nothing but what readers wrote, each with a name and a day that the site set below or above it."""
    rows = body([f"《{clause(pool, random, 2, 6)}》{random.choice(('短评', '书评', '影评', '点评', ''))}"])
    style = random.choice(("{u} {d} 有用 {n}", "{u} {d}", "{u} 发表于 {d}", "{u} ★★★★ {d}", "{d} 来自 {u} 赞({n})"))
    above = random.random() < 0.5
    for _ in range(random.randint(3, 8)):
        who = style.format(u=frames.user_name(random), d=frames.moment(random), n=random.randint(0, 99))
        text = body(prose(pool, random, 2))
        rows += [(who, 1), *text] if above else [*text, (who, 1)]
    return rows


INSIDE: Final[Sequence[frames.Block]] = (card, card, shop, reviews, episodes)
ABOVE: Final[Sequence[frames.Block]] = (index, card, shop)
BELOW: Final[Sequence[frames.Block]] = (card, episodes, tail, tail, reviews, shop)
