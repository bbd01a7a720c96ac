import DeadDropKit
import WireFormat

/// `deaddrop install git-hook`: lets git ask deaddrop before it commits.
enum InstallGitHookCommand: Command {
  static let name = "install git-hook"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Let git ask `deaddrop hook pre-commit` before each commit here",
      options: [
        .flag("dry-run", "say what would be done, and do nothing"),
        .flag("yes", "do it"),
      ],
      notes: [
        "Makes .git/hooks/pre-commit, or the one where core.hooksPath says. In a shell script of\n"
          + "somebody's it becomes the second line; anything else is left alone."
      ],
      examples: ["deaddrop install git-hook --yes"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let hook = try CommandFailure.lifting { () throws(KitError) in try GitHook.find() }
    let words: String
    switch hook.state {
    case .ours where !hook.isExecutable: words = "make \(hook.path) executable for git to run it"
    case .chained where !hook.isExecutable:
      throw CommandFailure(KitError.hookNotOurs(hook.path, GitHook.asleep))
    case .ours, .chained:
      return Report(["\(hook.path) asks deaddrop already"], json: json(hook, isDone: true))
    case .absent: words = "make \(hook.path)"
    case .chainable: words = "put a line into \(hook.path), behind its first"
    case .foreign(let why): throw CommandFailure(KitError.hookNotOurs(hook.path, why))
    }
    if invocation.flag("dry-run") {
      return Report(["would \(words)"], json: json(hook, isDone: false))
    }
    guard invocation.flag("yes") else {
      throw CommandFailure(
        .refused, "this would \(words)", hint: ShellWord.deaddrop("install", "git-hook", "--yes"))
    }
    try CommandFailure.lifting { () throws(KitError) in try hook.install() }
    return Report(["\(hook.path) asks deaddrop"], json: json(hook, isDone: true))
  }

  private static func json(_ hook: GitHook, isDone: Bool) -> JSONObject {
    ["path": .string(hook.path), "installed": .bool(isDone)]
  }
}

/// `deaddrop uninstall git-hook`: takes away what `install git-hook` made.
enum UninstallGitHookCommand: Command {
  static let name = "uninstall git-hook"

  static var spec: CommandSpec {
    CommandSpec(
      summary: "Take away what `install git-hook` made, and nothing else",
      examples: ["deaddrop uninstall git-hook"])
  }

  static func run(_ invocation: Invocation) throws(CommandFailure) -> Report {
    let (path, isDone) = try CommandFailure.lifting { () throws(KitError) in
      let hook = try GitHook.find()
      return (hook.path, try hook.uninstall())
    }
    return Report(
      [Line(isDone ? "\(path) asks deaddrop no more" : "there is nothing of deaddrop in \(path)")],
      json: ["path": .string(path), "removed": .bool(isDone)])
  }
}
