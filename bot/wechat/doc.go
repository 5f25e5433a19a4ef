// Package wechat speaks the protocol of the WeChat Official Account platform, in both directions, and
// knows nothing about wishes or lessons.
//
// The platform calls us (the callback half): [Callback] is the http.Handler of the callback URL. It checks
// who is calling, decrypts, parses, and asks a [Receiver] once for every verified [Push]; what was said is
// one typed [Inbound]; the answer is made by Push.Seal. Read callback.go first, then inbound.go; verify.go,
// crypto.go, parse.go and seal.go are the steps in the order in which a request meets them.
//
// We call the platform (the API half): read client.go first; errors.go says what each error code of the
// platform means for the caller.
//
// The callback half uses no code of the SDK: the SDK lets the request choose the mode, compares signatures
// with ==, and answers an empty 200 (which the platform takes for "received") when anything fails. It is
// held against the SDK in the tests instead, in both directions.
package wechat
