import Host

// What the process tests let other processes do: see `Exercise`.
Environment.exit(Exercise.run(Array(Environment.arguments.dropFirst())))
