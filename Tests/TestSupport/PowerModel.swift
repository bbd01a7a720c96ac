#if FAULTS
  package import Host
  import Synchronization

  /// Watches the calls of a plan on a directory tree and knows what a power cut could leave of it.
  ///
  ///     let power = try PowerModel(watching: root)
  ///     let plan = FaultPlan(observer: { power.observe($0) })
  ///
  /// What is there at first is on disk. A file is on disk after its fsync or fdatasync, a name after
  /// the fsync of its directory.
  package final class PowerModel: Sendable {
    private let root: String
    private let state: Mutex<PowerState>

    package init(watching root: String) throws {
      self.root = root
      var fresh = PowerState()
      let directory = try Directory.open(root, followLast: true)
      fresh.folders[""] = PowerState.Folder(mode: try directory.status().mode)
      Self.look("", below: root, &fresh)
      // The names found are new in the folders, and their bytes are new in the files.
      fresh.settleAll()
      state = Mutex(fresh)
    }

    /// What is sure and what is in doubt now.
    package var now: PowerState { state.withLock { $0 } }

    /// To be called after each call that passed; tells whether something else is in doubt now.
    @discardableResult
    package func observe(_ traced: TracedCall) -> Bool {
      guard traced.call.changesFiles, let path = relative(traced.path) else { return false }
      // What the model looks at is no call of the program.
      return Faults.$plan.withValue(nil) {
        state.withLock { state in
          let before = state
          switch traced.call {
          case .fsync, .fdatasync: state.settle(path)
          case .rename:
            let source = Self.noteMove(to: path, below: root, &state)
            Self.look(Self.parent(path), below: root, &state)
            if let source { Self.look(source, below: root, &state) }
          default:
            Self.look(state.folders[path] == nil ? Self.parent(path) : path, below: root, &state)
          }
          return state != before
        }
      }
    }

    /// Notes a file that came from another folder; gives that folder.
    private static func noteMove(
      to path: String, below root: String, _ state: inout PowerState
    ) -> String? {
      let folder = parent(path)
      let name = String(path.dropFirst(folder.isEmpty ? 0 : folder.utf8.count + 1))
      guard let directory = try? Directory.open(root + "/" + folder, followLast: true),
        let status = try? directory.status(of: name),
        let source = state.folders.first(where: {
          $0.key != folder && $0.value.inodes[status.inode] != nil
        }), let number = source.value.inodes[status.inode],
        let old = source.value.names.first(where: { $0.value.last == .some(.file(number)) })
      else { return nil }
      state.folders[folder]?.inodes[status.inode] = number
      state.moves.append(
        PowerState.Move(file: number, from: (source.key, old.key), to: (folder, name)))
      return source.key
    }

    private static func parent(_ path: String) -> String {
      path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    /// The path from the root on; nil outside of it.
    private func relative(_ path: String) -> String? {
      var parts: [Substring] = []
      for part in path.split(separator: "/") {
        if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
      }
      let full = "/" + parts.joined(separator: "/")
      if full == root { return "" }
      return full.hasPrefix(root + "/") ? String(full.dropFirst(root.count + 1)) : nil
    }

    /// Takes over the names of a folder and what their files hold now.
    private static func look(_ path: String, below root: String, _ state: inout PowerState) {
      guard state.folders[path] != nil,
        let directory = try? Directory.open(root + "/" + path, followLast: true),
        let names = try? directory.names()
      else { return }
      let before = state.folders[path]?.inodes ?? [:]
      var inodes: [UInt64: Int] = [:]
      var present: [String: PowerState.Entry] = [:]
      for name in names {
        guard let status = try? directory.status(of: name) else { continue }
        if status.kind == .directory {
          present[name] = .directory
          let child = path.isEmpty ? name : path + "/" + name
          guard state.folders[child] == nil else { continue }
          state.folders[child] = PowerState.Folder(mode: status.mode)
          look(child, below: root, &state)
        } else if status.kind == .regular, let bytes = bytes(of: name, in: directory, status) {
          let number = state.take(bytes, status.mode, known: before[status.inode])
          inodes[status.inode] = number
          present[name] = .file(number)
        }
      }
      state.folders[path]?.inodes = inodes
      state.folders[path]?.take(present)
    }

    private static func bytes(
      of name: String, in directory: borrowing Directory, _ status: FileStatus
    ) -> [UInt8]? {
      guard let file = try? OpenFile.open(name, in: directory, mode: .read) else { return nil }
      return try? file.read(at: 0, count: Int(status.byteCount))
    }
  }

  extension PowerState {
    /// Notes what a file holds now; gives its number.
    fileprivate mutating func take(_ bytes: [UInt8], _ mode: UInt16, known: Int?) -> Int {
      guard let known else {
        lastFile += 1
        files[lastFile] = File(versions: bytes.isEmpty ? [[]] : [[], bytes], mode: mode)
        return lastFile
      }
      if files[known]?.versions.last != bytes { files[known]?.versions.append(bytes) }
      files[known]?.mode = mode
      return known
    }

    /// A file's bytes or a folder's names are on disk from now on.
    fileprivate mutating func settle(_ path: String) {
      if folders[path] != nil {
        folders[path]?.settle()
        // A change of two folders is on disk in both.
        for move in moves where move.from.folder == path || move.to.folder == path {
          folders[move.from.folder]?.forget(move.file, named: move.from.name)
          folders[move.to.folder]?.names[move.to.name] = [.file(move.file)]
        }
        moves.removeAll { $0.from.folder == path || $0.to.folder == path }
        return
      }
      let slash = path.lastIndex(of: "/")
      let folder = slash.map { String(path[..<$0]) } ?? ""
      let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
      guard case .file(let number)?? = folders[folder]?.names[name]?.last else { return }
      files[number]?.settle()
    }

    fileprivate mutating func settleAll() {
      for path in folders.keys { folders[path]?.settle() }
      for number in files.keys { files[number]?.settle() }
    }
  }

  extension PowerState.File {
    fileprivate mutating func settle() { versions.removeFirst(versions.count - 1) }
  }

  extension PowerState.Folder {
    fileprivate mutating func take(_ present: [String: PowerState.Entry]) {
      for name in Set(names.keys).union(present.keys)
      where names[name]?.last != .some(present[name]) {
        names[name, default: [nil]].append(present[name])
      }
    }

    /// A name has ceased to stand for a file.
    fileprivate mutating func forget(_ file: Int, named name: String) {
      guard let entries = names[name], let last = entries.lastIndex(of: .file(file)) else { return }
      let rest = Array(entries[(last + 1)...])
      names[name] = rest.isEmpty || rest == [nil] ? nil : rest
    }

    fileprivate mutating func settle() {
      names = names.compactMapValues { entries in
        guard let last = entries.last, last != nil else { return nil }
        return [last]
      }
    }
  }
#endif
