package import WireFormat

/// Facts on one thing, at most one of each author: a table for the few members of a wire.
///
/// An array and no dictionary: there is one for each proposal, and most hold one fact.
package struct ByAuthor<Fact: Sendable>: Sendable {
  private var entries: [(key: Handle, value: Fact)] = []

  package subscript(author: Handle) -> Fact? {
    get { entries.first { $0.key == author }?.value }
    set {
      let index = entries.firstIndex { $0.key == author }
      switch (index, newValue) {
      case (let index?, let fact?): entries[index].value = fact
      case (nil, let fact?): entries.append((author, fact))
      case (let index?, nil): entries.remove(at: index)
      case (nil, nil): break
      }
    }
  }

  package var values: [Fact] { entries.map(\.value) }
}

extension ByAuthor: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (Handle, Fact)...) {
    for (author, fact) in elements { self[author] = fact }
  }
}

extension ByAuthor: Sequence {
  /// In no order that means anything.
  package func makeIterator() -> IndexingIterator<[(key: Handle, value: Fact)]> {
    entries.makeIterator()
  }
}
