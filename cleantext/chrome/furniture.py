"""Invented tops and bottoms of whole pages, in the order in which sites have them: logo, menu and path above; buttons,
neighbours, lists of other pages, a form and the site's particulars below. Training only.

All words of this file were written for this project; the others come from the clean pages at hand. `frames` has the
blocks that may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from cleantext.chrome import cards, frames
from cleantext.chrome.frames import Pool, clause

BLOCKS: Final = 0.15  # share of the tops, and of the bottoms, with a block of `cards`
_ARROWS: Final = (" > ", ">", " >> ", " » ", " › ", " / ", "->", " &gt; ", " → ", "＞")
_HERE: Final = ("", "", "", "当前位置：", "您的位置：", "您现在的位置：", "位置：", "你在这里：", "所在位置: ")
_TOOLS: Final = (
    "打印", "关闭", "收藏", "分享", "举报", "点赞", "纠错", "返回顶部", "打印本页", "关闭窗口", "加入收藏",
    "复制链接", "我要报名", "立即申请", "立即购买", "在线咨询", "联系客服", "下载", "立即下载", "免费试听",
    "查看更多", "展开全部", "发表评论", "写评论", "去评论", "微信", "微博", "QQ空间", "朋友圈", "分享到",
    "拨打电话", "在线预订", "投诉", "意见反馈", "查看全部", "扫码下载", "推荐给朋友", "【打印】", "【关闭】",
    "[返回]", "字号", "大", "中", "小", "顶", "踩", "转发", "关注", "已关注", "播放", "下一条", "上一条",
    "回到首页", "登录", "注册",
)  # fmt: skip
_MORE_TOOLS: Final = (
    "阅读原文", "在看", "喜欢就点个在看吧", "点击上方蓝字关注我们", "长按识别二维码", "扫码关注", "添加书签",
    "加入书架", "返回书页", "章节目录", "上一章", "下一章", "我要参加", "我感兴趣", "写点评", "想看", "看过",
    "换一换", "回帖", "快速回复", "返回列表",
)  # fmt: skip
_OTHERS: Final = (
    "相关", "相关", "相似", "同类", "热门", "最新", "推荐", "更多", "附近", "精彩", "本栏", "本周", "近期",
    "其他", "您可能感兴趣的",
)  # fmt: skip
_WHAT: Final = (
    "文章", "新闻", "内容", "推荐", "阅读", "问题", "咨询", "视频", "图片", "下载", "商品", "产品", "职位",
    "房源", "软件", "游戏", "小说", "菜谱", "试题", "资料", "专题", "话题", "公告", "歌曲", "排行", "课程",
    "词条", "日志", "评论", "标签", "链接", "信息",
)  # fmt: skip
_FOOT: Final = (
    "关于我们", "联系我们", "网站地图", "友情链接", "帮助中心", "免责声明", "隐私政策", "服务条款", "广告服务",
    "招聘信息", "意见反馈", "版权声明", "诚聘英才", "手机版", "收藏本站", "客户端", "网站声明", "常见问题",
    "加入我们", "商务合作",
)  # fmt: skip
_LABELS: Final = (
    "发布时间", "时间", "来源", "作者", "浏览次数", "点击数", "编辑", "发布者", "更新时间", "编号", "阅读",
    "人气", "上传者", "提问者", "发布单位", "下载次数", "回复时间", "字号", "日期", "责任编辑", "收藏",
)  # fmt: skip


_FORM: Final = (
    "发表评论", "用户名： 密码：", "验证码： 看不清？换一张", "匿名发表", "提交", "请先登录后再评论",
    "文明上网，理性发言", "还可以输入140字", "您需要登录后才可以回帖", "网友评论仅供其表达个人看法", "查看所有评论",
)  # fmt: skip
_OWNERS: Final = (
    "版权所有 {n}", "Copyright © {y} {n} 版权所有", "© {y} {n}", "{n} All Rights Reserved", "Powered by {n}",
)  # fmt: skip


def top(pool: Pool, random: Random) -> list[str]:
    """What stands above the title."""
    rows = [frames.site_name(random)] if random.random() < 0.25 else []
    if random.random() < 0.35:
        rows.append(
            random.choice((" ", " | ", "  ")).join(clause(pool, random, 2, 4) for _ in range(random.randint(3, 9)))
        )
    if random.random() < 0.2:
        rows.append(
            random.choice(
                ("登录 注册", "您好，请登录 免费注册", "登录 | 注册 | 手机版", "无障碍 | 繁体", "设为首页 | 加入收藏")
            )
        )
    if random.random() < 0.75:
        rows.append(_path(pool, random))
    return rows + (random.choice(cards.ABOVE)(pool, random) if random.random() < BLOCKS else [])


def _path(pool: Pool, random: Random) -> str:
    arrow = random.choice(_ARROWS)
    steps = [random.choice(("首页", "首页", "主页", frames.site_name(random), clause(pool, random, 2, 4) + "网"))]
    steps += [clause(pool, random, 2, 5) for _ in range(random.choice((1, 1, 2, 2, 3)))]
    steps += random.choice(([], [], ["正文"], ["详情"], [clause(pool, random, 5, 14)], [""]))
    return random.choice(_HERE) + arrow.join(steps)


def particulars(pool: Pool, random: Random) -> list[str]:
    """The line between title and text: some of who, when, from where, how often read."""
    if random.random() < 0.4:
        return frames.source_line(pool, random)
    cells = []
    for label in random.sample(_LABELS, random.randint(1, 4)):
        number = str(random.randint(0, 9999))
        who = random.choice((frames.site_name(random), frames.user_name(random), "admin", "本站", ""))
        value = (
            frames.moment(random)
            if "时间" in label or label == "日期"
            else number
            if label[-1] in "数气读号藏"
            else who
        )
        cells.append(f"{label}{random.choice(('：', ':', ' ', '：'))}{value}")
    return [random.choice((" ", "  ", " | ", "\u3000")).join(cells)]


def bottom(pool: Pool, random: Random) -> list[str]:
    """What stands below the text."""
    rows: list[str] = []
    if random.random() < 0.15:
        rows += frames.credit(pool, random)
    if random.random() < 0.5:
        rows += _tools(random)
    if random.random() < 0.3:
        mark = random.choice(("：", ":", "："))
        others = [clause(pool, random, 3, 20) if random.random() < 0.85 else "没有了" for _ in range(2)]
        names = random.choice(
            (("上一篇", "下一篇"), ("上一条", "下一条"), ("上一页", "下一页"), ("« 上一篇", "» 下一篇"))
        )
        rows += [f"{name}{mark}{other}" for name, other in zip(names, others, strict=True)]
    if random.random() < BLOCKS:
        rows += random.choice(cards.BELOW)(pool, random)
    if random.random() < 0.2:
        rows += frames.labels(pool, random)
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        rows += _others(pool, random)
    if random.random() < 0.2:
        rows += frames.comments(pool, random)
    if random.random() < 0.2:
        rows += _form(random)
    if random.random() < 0.2:
        rows += frames.disclaimer(pool, random)
    return rows + (_foot(random) if random.random() < 0.7 else [])


def _tools(random: Random) -> list[str]:
    chosen = random.sample(_TOOLS + _MORE_TOOLS, random.randint(1, 5))
    counted = [f"{word}({random.randint(0, 99)})" if random.random() < 0.15 else word for word in chosen]
    return counted if random.random() < 0.4 else [random.choice((" ", "  ", " | ", "")).join(counted)]


def _others(pool: Pool, random: Random) -> list[str]:
    """A list of other pages under its heading: short names, prices or dates behind them."""
    head = random.choice(
        ("猜你喜欢", "看了又看", "大家都在看", "大家还看了", "你可能也喜欢", "看过的人还看了", "猜你需要", "栏目导航")
    )
    if random.random() < 0.7:
        head = random.choice(_OTHERS) + random.choice(_WHAT)
    low, high = random.choice(((2, 5), (3, 10), (6, 22), (8, 26)))
    tail = random.choice(("", "", "", "￥{}.00", " {}元", " {}个回答", " {}-05", " ({})", "起"))
    rows = [clause(pool, random, low, high) + tail.format(random.randint(1, 999)) for _ in range(random.randint(2, 8))]
    return [head + random.choice(("", "", "：", " 更多>>", " 换一换")), *rows]


def _form(random: Random) -> list[str]:
    return random.sample(_FORM, random.randint(1, 4))


def _foot(random: Random) -> list[str]:
    name = frames.site_name(random)
    number, year = random.randint(10**7, 10**8 - 1), random.randint(2000, 2023)
    where = f"地址：{name[:2]}市人民路{number % 300}号 邮编：{number % 900000 + 99999}"
    rows = [
        random.choice((" | ", " ", " - ", "  ")).join(random.sample(_FOOT, random.randint(2, 6))),
        random.choice(_OWNERS).format(n=name, y=year),
        f"{random.choice('京沪浙粤苏鲁')}{random.choice(('ICP备', 'ICP证'))}{number}号",
        random.choice(
            (
                f"主办：{name} 承办：{frames.site_name(random)}",
                where,
                f"技术支持：{name}",
                f"客服热线：400-{number}",
                f"电话：0571-{number}",
            )
        ),
    ]
    chosen: Sequence[str] = [row for row in rows if random.random() < 0.45]
    return list(chosen or rows[:1])
