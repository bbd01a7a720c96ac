import Testing
import WireFormat

/// Random documents of this run and what our parser makes of them.
private struct Corpus {
  struct Case {
    let bytes: [UInt8]
    let object: JSONObject?
    let canonical: [UInt8]?
    let reason: Malformation.Reason?

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      do throws(Malformation) {
        let object = try JSONParser.object(bytes)
        (self.object, canonical, reason) = (object, CanonicalWriter.bytes(of: object), nil)
      } catch {
        (object, canonical, reason) = (nil, nil, error.reason)
      }
    }
  }

  let inquiry: Result<[[UInt8]?], any Error>?
  let cases: [Case]
  let doublesByBits: Int

  /// Asks CPython first, so that both sides work at the same time.
  private init() {
    var generator = DocumentGenerator("documents")
    var documents = (0..<100_000).map { _ in generator.document() }
    documents += Self.edges
    doublesByBits = generator.numbers.doublesByBits
    guard let python = CPython.executable else {
      (cases, inquiry) = (documents.map(Case.init), nil)
      return
    }
    do {
      let inquiry = try CPython.Inquiry(python, about: documents)
      cases = documents.map(Case.init)
      self.inquiry = Result { try inquiry.answers() }
    } catch {
      (cases, inquiry) = (documents.map(Case.init), .failure(error))
    }
  }

  static let shared = Corpus()

  /// Sizes and lengths at their limits.
  private static let edges: [[UInt8]] = {
    var edges: [[UInt8]] = []
    for count in [4299, 4300, 4301] {
      for sign in ["", "-"] {
        let digits = String(repeating: "8", count: count)
        edges.append(Array("{\"x\":\(sign)\(digits)}".utf8))
        edges.append(Array("{\"x\":[\(sign)\(digits)e-\(count),\(sign)\(digits).5e-4000]}".utf8))
      }
    }
    for count in [262_143, 262_144, 262_145] {
      let filler = [UInt8](repeating: 0x20, count: count - 7)
      edges.append(Array("{\"x\":".utf8) + filler + Array("1}".utf8))
      let text = [UInt8](repeating: 0x78, count: count - 8)
      edges.append(Array("{\"x\":\"".utf8) + text + Array("\"}".utf8))
    }
    return edges + [[], [0x20], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], Array("\"x\"".utf8)]
  }()
}

@Suite("Both readers agree with CPython on random documents")
struct CPythonTests {
  @Test(
    "the parser accepts what CPython accepts, and writes the same bytes",
    .enabled(if: CPython.executable != nil, "python3 is not on the path"))
  func agrees() throws {
    let corpus = Corpus.shared
    let answers = try #require(try corpus.inquiry?.get())
    #expect(answers.count == corpus.cases.count)
    var differences = 0
    for (index, (ours, theirs)) in zip(corpus.cases, answers).enumerated()
    where ours.canonical != theirs {
      differences += 1
      guard differences <= 5 else { continue }
      let verdicts =
        "ours \(ours.canonical.map(shown) ?? "refused: \(String(describing: ours.reason))")"
        + ", CPython's \(theirs.map(shown) ?? "refused")"
      Issue.record("document \(index) of seed \(RunSeed.value): \(shown(ours.bytes)): \(verdicts)")
    }
    #expect(differences == 0, "seed \(RunSeed.value)")
  }

  @Test("the documents are of every kind")
  func variety() {
    let corpus = Corpus.shared
    let accepted = corpus.cases.count { $0.canonical != nil }
    #expect((30_000...90_000).contains(accepted), "seed \(RunSeed.value)")
    #expect(corpus.doublesByBits >= 50_000)
    let reasons = Set(corpus.cases.compactMap(\.reason))
    #expect(reasons == Set(Malformation.Reason.allCases), "seed \(RunSeed.value)")
    let canonical = corpus.cases.count { $0.canonical == $0.bytes }
    #expect((1_000...50_000).contains(canonical), "seed \(RunSeed.value)")
  }

  @Test("what was written reads back as the same object, and is written the same")
  func idempotent() throws {
    for item in Corpus.shared.cases {
      guard let canonical = item.canonical else { continue }
      let again = try? JSONParser.object(canonical)
      #expect(again == item.object, "seed \(RunSeed.value): \(shown(item.bytes))")
      let rewritten = again.map(CanonicalWriter.bytes(of:))
      #expect(rewritten == canonical, "seed \(RunSeed.value): \(shown(item.bytes))")
    }
  }

  @Test("the scan takes exactly the documents that are written as they stand")
  func scanAgrees() {
    for item in Corpus.shared.cases {
      let verdict = isCanonical(item.bytes)
      if verdict != (item.canonical == item.bytes) {
        Issue.record("seed \(RunSeed.value): scan says \(verdict) of \(shown(item.bytes))")
      }
      if let canonical = item.canonical, !isCanonical(canonical) {
        Issue.record("seed \(RunSeed.value): scan refuses what was written: \(shown(canonical))")
      }
    }
  }
}
