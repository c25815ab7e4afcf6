@main struct Provisional { static func main() {} }
