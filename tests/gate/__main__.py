from tests.gate.gate import main

if __name__ == "__main__":
    main()
