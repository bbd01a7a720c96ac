#if FAULTS
  extension PowerState {
    /// What a power cut now can leave, each tree once; none where nothing is in doubt but as it is.
    ///
    /// First all old, all new, new names of old content and old names of new content, and each
    /// folder of the root new with the others old; then each of the first four with one thing
    /// otherwise, of which a limit draws some at random; then `mixCount` random mixes.
    package func cuts(
      limit: Int? = nil, mixCount: Int = 8, using random: inout RandomSource
    ) -> [TreeImage] {
      let bases = [(false, false), (true, true), (true, false), (false, true)].map {
        Fate(isNewName: $0.0, isNewContent: $0.1)
      }
      let apart = folders.keys.sorted().filter { !$0.isEmpty && !$0.contains("/") }
        .map { Fate(newFolder: $0) }
      var fates: [Fate] = []
      for doubt in doubts {
        for base in bases { fates += variants(of: base, in: doubt) }
      }
      if let limit {
        fates.shuffle(using: &random)
        fates.removeLast(max(0, fates.count - limit))
      }
      for _ in 0..<mixCount { fates.append(mix(using: &random)) }
      var seen: Set<TreeImage> = []
      return (bases + apart + fates).map(image).filter { seen.insert($0).inserted }
    }

    private func variants(of base: Fate, in doubt: Doubt) -> [Fate] {
      switch doubt {
      case .name(let folder, let name):
        // A name that was only there for a while adds nothing but a leftover.
        let count = folders[folder]?.names[name]?.count ?? 0
        return (0..<count).map { index in
          var fate = base
          fate.names[doubt] = index
          return fate
        }
      case .file(let number):
        return (files[number]?.survivals ?? []).map { bytes in
          var fate = base
          fate.contents[doubt] = bytes
          return fate
        }
      }
    }

    private func mix(using random: inout RandomSource) -> Fate {
      var fate = Fate()
      for doubt in doubts {
        switch doubt {
        case .name(let folder, let name):
          fate.names[doubt] = random.below(folders[folder]?.names[name]?.count ?? 1)
        case .file(let number):
          guard let file = files[number] else { continue }
          var bytes = random.pick(file.survivals)
          for start in stride(from: 0, to: file.versions[0].count, by: 512) {
            bytes = File.put(random.pick(file.sectors(at: start)), into: bytes, at: start)
          }
          fate.contents[doubt] = bytes
        }
      }
      return fate
    }
  }
#endif
