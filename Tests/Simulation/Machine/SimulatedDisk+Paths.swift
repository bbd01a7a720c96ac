#if FAULTS
  import Foundation

  /// What the simulation itself reads and writes, as somebody on that host could.
  extension SimulatedDisk {
    /// The folder and the last name of an absolute path; nil where a folder on the way is missing.
    func place(of path: String, from base: Folder? = nil) -> (folder: Folder, name: String)? {
      var parts = path.split(separator: "/").map(String.init)
      var folder = path.hasPrefix("/") ? root : base ?? root
      guard let last = parts.popLast() else { return (root, ".") }
      for part in parts {
        guard let next = step(part, from: folder) else { return nil }
        folder = next
      }
      return (folder, last)
    }

    private func step(_ part: String, from folder: Folder) -> Folder? {
      switch part {
      case ".": return folder
      case "..": return folder.parent ?? folder
      default:
        guard case .folder(let next)? = folder.names[part] else { return nil }
        return next
      }
    }

    func node(at path: String, from base: Folder? = nil) -> Node? {
      guard let (folder, name) = place(of: path, from: base) else { return nil }
      if name == "." || name == ".." { return step(name, from: folder).map { .folder($0) } }
      return folder.names[name]
    }

    package func bytes(at path: String) -> [UInt8]? {
      guard case .file(let file)? = node(at: path) else { return nil }
      return file.bytes
    }

    /// The names in a directory, sorted; none where there is none.
    package func names(at path: String) -> [String] {
      guard case .folder(let folder)? = node(at: path) else { return [] }
      return folder.names.keys.sorted()
    }

    /// Puts a file there with all folders that lead to it; a power cut may undo what is not safe.
    package func write(
      _ bytes: [UInt8], to path: String, mode: UInt16 = 0o644, isSafe: Bool = false
    ) {
      makeFolders(for: path)
      guard let (folder, name) = place(of: path) else { return }
      let file: File
      if case .file(let held)? = folder.names[name] {
        file = held
      } else {
        file = newFile(mode)
        change(NameChange(parts: [(folder, name, .file(file))]))
      }
      file.change(to: bytes)
      if isSafe { file.settle() }
    }

    package func remove(_ path: String) {
      guard let (folder, name) = place(of: path), folder.names[name] != nil else { return }
      change(NameChange(parts: [(folder, name, nil)]))
    }

    private func makeFolders(for path: String) {
      var folder = root
      for part in path.split(separator: "/").dropLast() {
        if case .folder(let next)? = folder.names[String(part)] {
          folder = next
        } else {
          let next = newFolder(0o755, in: folder)
          change(NameChange(parts: [(folder, String(part), .folder(next))]))
          folder = next
        }
      }
    }
  }
#endif
