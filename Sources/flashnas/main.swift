import FlashCommands

Program.main()
