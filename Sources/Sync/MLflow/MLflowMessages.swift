import Text

extension MLflowError {
  var message: String {
    switch self {
    case .noVersion(let model):
      "no versions of a model \(model); publish one, or check the name and what the credentials "
        + "may read"
    case .notReady(let model, let version, let status):
      "version \(version) of \(model) is \(TerminalText.printable(status)), not READY"
    case .versionName(let model, let version, let text):
      "version \(version) of \(model): its tag \(MLflowModelVersion.versionTag) says "
        + "\"\(TerminalText.printable(text))\"; it has to be the version in model.toml"
    case .artifactScheme(let uri):
      "artifacts at \(TerminalText.address(uri)), which boards cannot reach; let the server hand "
        + "them out itself: mlflow server --serve-artifacts --artifacts-destination …"
    case .changed(let model, let version):
      "version \(version) of \(model) was changed while it was fetched"
    case .digestList(let model, let version):
      "version \(version) of \(model): its tag \(MLflowModelVersion.digestsTag) is not what "
        + "sha256sum says of the bundle's files"
    case .files(let fault): fault.message
    case .experimentDeleted(let name):
      "the experiment \(name) is deleted; restore it, or give another one"
    }
  }
}

extension MLflowFilesFault {
  fileprivate var message: String {
    switch self {
    case .folder(let name):
      "\(TerminalText.printable(name)) is a folder; a bundle is files alone"
    case .name(let name):
      "a file \"\(TerminalText.printable(name))\", which no bundle can hold"
    case .missing(let name):
      "no file \(name) among the version's artifacts; publish the whole bundle, signed"
    case .unlisted(let name):
      "\(name) is not in the tag \(MLflowModelVersion.digestsTag)"
    case .tooMany(let filesMax): "more than \(filesMax) files beside the signature"
    case .tooLarge(let name, let bytes, let bytesMax):
      "\(name): \(Decimal.grouped(Int(bytes))) bytes; at most \(Decimal.grouped(Int(bytesMax)))"
    }
  }
}
