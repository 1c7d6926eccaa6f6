import System
import Text

extension DownloadError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .http(let failure): failure.message
      case .status(let place, let status, let wait):
        "\(place): the server answers \(status)"
          + (wait.map { ", and wants to be asked again in \($0) s" } ?? "")
      case .page(let place):
        "\(place): a web page where a file should be; perhaps the network wants a login"
      case .encoded(let place): "\(place): the file comes compressed, which was not asked for"
      case .length(let place, let found, let expected):
        "\(place): \(Decimal.count(Int(found), "byte")) where "
          + "\(Decimal.grouped(Int(expected))) should be"
      case .lengthUnknown(let place):
        "\(place): the server does not say how long the file is; give its length or digest"
      case .tooLarge(let bytes, let bytesMax):
        "\(Decimal.grouped(Int(bytes))) bytes; at most \(Decimal.grouped(Int(bytesMax)))"
      case .digest(let place, let found, let expected):
        "\(place): SHA-256 \(found.text) where \(expected.text) should be"
      case .unsteady(let place): "\(place): the file changes while it is downloaded"
      case .file(let path, let failure): "\(path): \(failure.text)"
      case .busy(let path): "\(path): another process is downloading to the same place"
      }
    }
  }
}
