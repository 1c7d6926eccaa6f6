/// Which requests read a sensor's fields, and where the answers' data then has each field.
///
/// The data of all answers of a cycle, one behind the other in the order of the requests, is the
/// cycle's image: the frame that becomes a sample.
///
///     declared requests    are asked as they stand
///     other fields         those of one unit and function whose places touch or overlap are one
///                          request, up to what one may ask for
///     order                that of the first field of each
///
/// What no field asks for is not read to join two requests: many devices answer with an exception
/// where a register between two others does not exist.
package struct ModbusPlan: Equatable, Sendable {
  package private(set) var requests: [ModbusRequest] = []
  /// For each field the index of its request.
  package private(set) var fieldRequests: [Int] = []
  /// For each field its place in the image.
  package private(set) var fieldPlaces: [FieldPlace] = []
  package private(set) var imageBytes = 0

  /// Setup.
  ///
  /// - Parameters:
  ///   - places: of the fields, each within the 65,536 addresses of its table.
  ///   - declared: requests that a person wrote.
  package init(
    _ places: [ModbusPlace], declared: [ModbusRequest] = []
  ) throws(ModbusProblem) {
    var owners = [Int?](repeating: nil, count: places.count)
    var groups: [ModbusRequest] = []
    for (index, request) in declared.enumerated() {
      let covered = places.indices.filter { owners[$0] == nil && request.covers(places[$0]) }
      guard !covered.isEmpty else { throw .requestWithoutField(index) }
      for field in covered { owners[field] = groups.count }
      groups.append(request)
    }
    for place in places {
      let kin = places.indices.filter {
        owners[$0] == nil && places[$0].unit == place.unit && places[$0].function == place.function
      }
      Self.join(kin, of: places, &owners, &groups)
    }
    lay(places, owners.map { $0! }, groups)
    guard imageBytes <= ModbusLimits.imageBytesMax else {
      throw .imageTooLong(bytes: imageBytes, max: ModbusLimits.imageBytesMax)
    }
  }

  /// Makes requests for these fields, all of one unit and function.
  private static func join(
    _ fields: [Int], of places: [ModbusPlace], _ owners: inout [Int?],
    _ groups: inout [ModbusRequest]
  ) {
    var isFirst = true
    for field in fields.sorted(by: { places[$0].address < places[$1].address }) {
      let place = places[field]
      if !isFirst {
        let last = groups[groups.count - 1]
        let end = max(last.end, place.end)
        if place.address <= last.end, end - Int(last.address) <= place.function.countMax {
          groups[groups.count - 1].count = end - Int(last.address)
          owners[field] = groups.count - 1
          continue
        }
      }
      isFirst = false
      owners[field] = groups.count
      groups.append(
        ModbusRequest(
          unit: place.unit, function: place.function, address: UInt16(place.address),
          count: place.count))
    }
  }

  /// Puts the requests in the order of their first fields, and each field where it then is.
  private mutating func lay(
    _ places: [ModbusPlace], _ owners: [Int], _ groups: [ModbusRequest]
  ) {
    var order: [Int] = []
    for owner in owners where !order.contains(owner) { order.append(owner) }
    var offsets: [Int] = []
    for group in order {
      requests.append(groups[group])
      offsets.append(imageBytes)
      imageBytes += groups[group].dataBytes
    }
    for (field, owner) in owners.enumerated() {
      let index = order.firstIndex(of: owner)!
      fieldRequests.append(index)
      fieldPlaces.append(requests[index].fieldPlace(of: places[field], at: offsets[index]))
    }
  }
}

/// Why fields cannot be asked for.
package enum ModbusProblem: Error, Equatable, Sendable {
  /// A declared request, counted from 0, that reads no field.
  case requestWithoutField(Int)
  case imageTooLong(bytes: Int, max: Int)
}
