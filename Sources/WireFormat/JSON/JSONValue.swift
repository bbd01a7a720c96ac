/// A JSON value that keeps apart what must stay apart: strings by bytes, integers by digits.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  /// Canonical digits of an integer that `Int` cannot hold.
  case bigInteger([UInt8])
  /// Always finite.
  case real(Double)
  case string(Text)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  package var text: Text? { if case .string(let text) = self { text } else { nil } }
  package var int: Int? { if case .integer(let value) = self { value } else { nil } }
  package var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var elements: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
  package var members: JSONObject? { if case .object(let object) = self { object } else { nil } }

  /// The strings of an array that holds nothing but strings.
  package var texts: [Text]? {
    guard let elements else { return nil }
    var found: [Text] = []
    found.reserveCapacity(elements.count)
    for element in elements {
      guard let text = element.text else { return nil }
      found.append(text)
    }
    return found
  }

  package static func string(_ string: String) -> JSONValue { .string(Text(string)) }
  package static func hex(_ bytes: Bytes32) -> JSONValue { .string(Text(utf8: bytes.hexDigits)) }
  package static func strings(_ strings: [String]) -> JSONValue {
    .array(strings.map { .string($0) })
  }
}

/// An object's members in canonical order: ascending by key, each key once.
package struct JSONObject: Hashable, Sendable {
  package struct Member: Hashable, Sendable {
    package let key: Text
    package let value: JSONValue

    package init(key: Text, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  package private(set) var members: [Member]

  package init() { members = [] }

  /// Sorts the members; nil when a key stands twice.
  package init?(unsorted: [Member]) {
    members = unsorted
    if isRising { return }
    members.sort { $0.key < $1.key }
    if !isRising { return nil }
  }

  private var isRising: Bool {
    for index in members.indices.dropFirst() where !(members[index - 1].key < members[index].key) {
      return false
    }
    return true
  }

  package subscript(key: Text) -> JSONValue? {
    get {
      let index = position(of: key)
      return index < members.count && members[index].key == key ? members[index].value : nil
    }
    set {
      let index = position(of: key)
      let present = index < members.count && members[index].key == key
      if let newValue {
        let member = Member(key: key, value: newValue)
        if present { members[index] = member } else { members.insert(member, at: index) }
      } else if present {
        members.remove(at: index)
      }
    }
  }

  private func position(of key: Text) -> Int {
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle].key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// The last of equal keys wins, as in assignment.
  package init(dictionaryLiteral elements: (Text, JSONValue?)...) {
    self.init()
    members.reserveCapacity(elements.count + 4)
    for (key, value) in elements {
      // Most literals are written in canonical order: then nothing is searched or moved.
      if let value, members.last.map({ $0.key < key }) ?? true {
        members.append(Member(key: key, value: value))
      } else {
        self[key] = value
      }
    }
  }
}
