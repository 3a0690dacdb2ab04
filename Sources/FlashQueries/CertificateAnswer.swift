internal import FlashFormats
internal import FlashNAS
internal import FlashSearch

/// A certificate of a search as a file, and what it says in one line.
struct CertificateAnswer {
  private let problem: WorstCase
  private let design: DesignReport?
  private let certificate: DesignCertificate

  init(_ question: DesignQuestion, _ certificate: DesignCertificate) {
    problem = question.worstCase
    self.certificate = certificate
    design = certificate.best.map { question.design(at: $0.point) }
  }

  /// Writes the file beside a search's result, in one step, and notes in the result what it does not prove.
  func write(to path: String, for result: inout QueryResult) throws(QueryError) {
    let shared = result.document.filter { ["version", "space", "hardware", "costs"].contains($0.key) }
    var best: JSONValue = .null
    if case .object(let entries)? = design?.document {
      best = .object(entries.filter { ["point", "hardware"].contains($0.key) })
    }
    let document = CertificateFile.document(certificate, of: problem, question: shared, best: best)
    do { try TextFile.write(document.text() + "\n", to: path) } catch { throw QueryError(error) }
    if [.gap, .none].contains(certificate.status) {
      result.notices.append("\(FormatError.name(path)): the proof was stopped: \(Self.finding(certificate, problem))")
    }
  }

  /// What a certificate that is true says.
  static func finding(_ certificate: DesignCertificate, _ problem: WorstCase) -> String {
    let chips = UInt128(problem.first.hardware?.chips ?? 1)
    let (designs, isTooMany) = (problem.first.space.configurations ?? 0).multipliedReportingOverflow(by: chips)
    let covered = isTooMany ? "all configurations" : Display.counted(designs, "configuration")
    let cover = "\(Display.counted(certificate.leaves.count, "leaf covers", "leaves cover")) \(covered), "
    let bound = certificate.bound.map { "none better than \(Display.number($0))" } ?? "no bound is known"
    let open = Display.counted(certificate.leaves.count { $0.reason == .open }, "leaf", "leaves") + " open"
    return switch certificate.status {
    case .optimal: cover + bound
    case .infeasible: cover + "none is feasible"
    case .gap: cover + "\(open), \(bound), found \(certificate.best.map { Display.number($0.value) } ?? "none")"
    case .none: cover + "\(open), \(bound), none found"
    }
  }
}
