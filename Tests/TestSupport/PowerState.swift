#if FAULTS
  /// What of a directory tree is surely on disk, and what since then may have come there too.
  ///
  /// Nothing is ordered that was not synchronised: each name and each sector goes by itself.
  package struct PowerState: Equatable, Sendable {
    /// The content of one inode since its last fsync or fdatasync.
    struct File: Equatable, Sendable {
      /// First what is on disk for certain, last what is read now.
      var versions: [[UInt8]]
      var mode: UInt16
    }

    /// What a name stands for.
    enum Entry: Hashable, Sendable {
      case file(Int)
      case directory
    }

    struct Folder: Equatable, Sendable {
      var mode: UInt16
      /// All that a name stood for since the last fsync of the directory; nil for nothing.
      var names: [String: [Entry?]] = [:]
      /// The files that have a name here now, by inode.
      var inodes: [UInt64: Int] = [:]
    }

    /// A file that went from one folder to another: one change, of which no half is left.
    struct Move: Equatable, Sendable {
      let file: Int
      let from: (folder: String, name: String)
      let to: (folder: String, name: String)

      static func == (one: Move, other: Move) -> Bool {
        one.file == other.file && one.from == other.from && one.to == other.to
      }
    }

    /// Those that neither folder has been flushed since.
    var moves: [Move] = []

    /// By a number that is given out once, as inodes are not.
    var files: [Int: File] = [:]
    /// By path from the root on; "" is the root.
    var folders: [String: Folder] = [:]
    var lastFile = 0

    /// One thing of which the disk may hold the one or the other.
    enum Doubt: Hashable, Sendable {
      case name(folder: String, String)
      case file(Int)
    }

    /// The choices made for an image: which version of a name, which bytes of a file.
    struct Fate: Sendable {
      var isNewName = true
      var isNewContent = true
      /// The folder outside of which all is old; nil for none.
      var newFolder: String?
      var names: [Doubt: Int] = [:]
      var contents: [Doubt: [UInt8]] = [:]
    }

    /// All that is in doubt, in an order that does not change from run to run.
    var doubts: [Doubt] {
      var doubts: [Doubt] = []
      var seen: Set<Int> = []
      for (path, folder) in folders.sorted(by: { $0.key < $1.key }) {
        for (name, entries) in folder.names.sorted(by: { $0.key < $1.key }) {
          if entries.count > 1 { doubts.append(.name(folder: path, name)) }
          for case .file(let number) in entries where seen.insert(number).inserted {
            if files[number]?.versions.count ?? 0 > 1 { doubts.append(.file(number)) }
          }
        }
      }
      return doubts
    }

    /// The tree that a fate leaves.
    func image(_ fate: Fate) -> TreeImage {
      var image = TreeImage()
      add("", to: &image, fate)
      for move in moves {
        let (old, new) = (Self.path(move.from), Self.path(move.to))
        if image.files[new] == nil, let file = files[move.file] {
          image.files[old] = TreeImage.File(bytes: file.versions.last ?? [], mode: file.mode)
        } else if choice(move.from.folder, move.from.name, fate) == .file(move.file) {
          image.files[old] = nil
        }
      }
      return image
    }

    private static func path(_ place: (folder: String, name: String)) -> String {
      place.folder.isEmpty ? place.name : place.folder + "/" + place.name
    }

    private static func mayBeNew(_ child: String, _ fate: Fate) -> Bool {
      fate.newFolder.map { (child + "/").hasPrefix($0 + "/") } ?? true
    }

    /// What a fate makes a name stand for; nil for nothing.
    private func choice(_ path: String, _ name: String, _ fate: Fate) -> Entry? {
      guard let entries = folders[path]?.names[name] else { return nil }
      let child = path.isEmpty ? name : path + "/" + name
      let last = Self.mayBeNew(child, fate) && fate.isNewName ? entries.count - 1 : 0
      let index = fate.names[.name(folder: path, name)] ?? last
      return entries[min(index, entries.count - 1)]
    }

    private func add(_ path: String, to image: inout TreeImage, _ fate: Fate) {
      guard let folder = folders[path] else { return }
      for name in folder.names.keys {
        let child = path.isEmpty ? name : path + "/" + name
        let mayBeNew = Self.mayBeNew(child, fate)
        switch choice(path, name, fate) {
        case nil: break
        case .directory:
          image.directories[child] = folders[child]?.mode ?? 0o700
          add(child, to: &image, fate)
        case .file(let number):
          guard let file = files[number] else { break }
          let isNew = mayBeNew && fate.isNewContent
          let usual = (isNew ? file.versions.last : file.versions.first) ?? []
          image.files[child] = TreeImage.File(
            bytes: fate.contents[.file(number)] ?? usual, mode: file.mode)
        }
      }
    }
  }

  extension PowerState.File {
    /// The bytes that a power cut can leave of the file.
    ///
    /// Each version whole; the newest with its new end zeroed, or cut at each multiple of 512; and
    /// where sectors differ between versions, one of them old in a new file or new in an old one.
    var survivals: [[UInt8]] {
      guard let old = versions.first, let new = versions.last else { return [] }
      var all = versions
      if new.count > old.count {
        all.append(new.prefix(old.count) + Array(repeating: 0, count: new.count - old.count))
        var cut = old.count / 512 * 512 + 512
        while cut < new.count {
          all.append(Array(new.prefix(cut)))
          all.append(new.prefix(cut) + Array(repeating: 0, count: new.count - cut))
          cut += 512
        }
      }
      for start in stride(from: 0, to: old.count, by: 512) {
        let candidates = sectors(at: start)
        guard candidates.count > 1 else { continue }
        for base in [old, new] {
          all += candidates.map { Self.put($0, into: base, at: start) }
        }
      }
      var seen: Set<[UInt8]> = []
      return all.filter { seen.insert($0).inserted }
    }

    /// What one sector that was on disk before holds in the versions.
    func sectors(at start: Int) -> [ArraySlice<UInt8>] {
      var found: [ArraySlice<UInt8>] = []
      let count = min(512, (versions.first?.count ?? 0) - start)
      for version in versions where version.count >= start + count {
        let sector = version[start..<start + count]
        if !found.contains(sector) { found.append(sector) }
      }
      return found
    }

    static func put(_ sector: ArraySlice<UInt8>, into bytes: [UInt8], at start: Int) -> [UInt8] {
      guard bytes.count >= start + sector.count else { return bytes }
      var bytes = bytes
      bytes.replaceSubrange(start..<start + sector.count, with: sector)
      return bytes
    }
  }
#endif
