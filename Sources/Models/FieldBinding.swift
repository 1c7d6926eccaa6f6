import Config
import SensorIO

/// The fields of a sensor from which a model takes its features.
package enum FieldBinding {
  /// - Returns: for each feature, the index of the field of the same name.
  /// - Throws: one fault for each feature without a field, and for each feature whose unit differs
  ///   from its field's. An empty unit fits every unit.
  /// - Complexity: fields times features, each at most 32.
  @export(interface)
  package static func fieldIndices(
    of sensor: SensorSettings, for manifest: ModelManifest
  ) throws(ConfigurationError) -> [Int] {
    let faults = FaultList()
    var indices: [Int] = []
    let names = sensor.fields.map { $0.name }
    for (feature, place) in zip(manifest.features, manifest.featurePlaces) {
      guard let index = names.firstIndex(bytesOf: feature.name) else {
        faults.note(
          .fieldMissing(feature: feature.name, unit: feature.unit, at: place),
          at: sensor.fieldsPlace)
        continue
      }
      let unit = sensor.fields[index].unit
      if !unit.isEmpty, !feature.unit.isEmpty, !unit.utf8.elementsEqual(feature.unit.utf8) {
        faults.note(
          .unitMismatch(feature: feature.name, unit: feature.unit, at: place, fieldUnit: unit),
          at: sensor.fieldPlaces[index])
      }
      indices.append(index)
    }
    guard faults.faults.isEmpty else { throw ConfigurationError(faults.faults) }
    return indices
  }
}
