package wechat

import (
	"time"

	"echowall"
)

// CodeUnauthorized is the platform's answer to a call that the account type may not make; the client gives
// it without calling when the type is known not to be allowed.
const CodeUnauthorized = 48001

// rule is what one error code asks for.
type rule struct {
	reaction echowall.Reaction
	wait     time.Duration                          // least wait before a retry
	opens    func(time.Time, AccountType) time.Time // when a quota opens again; nil: unknown
}

// codes is the platform's error table with the reaction of each code. Choices the platform's list leaves
// open:
//   - 40007 (media expired) is a bad request, because the same request cannot succeed: the caller uploads
//     again and sends a new one.
//   - The web-login codes (see RestartOAuth) are bad requests: the login starts over, the call does not.
//   - What may be ignored (typing state, a menu that is not there) counts as done.
var codes = func() map[int]rule {
	table := map[int]rule{
		-1:    {reaction: echowall.ReactRetry},
		45011: {reaction: echowall.ReactRetry, wait: time.Minute},
		45066: {reaction: echowall.ReactRetry, wait: time.Minute},
		42010: {reaction: echowall.ReactRetry, wait: time.Minute},

		45009: {reaction: echowall.ReactQuota, opens: nextDay},
		45028: {reaction: echowall.ReactQuota, opens: nextMassSlot},
		45047: {reaction: echowall.ReactQuota}, // opens with the person's next act
		48006: {reaction: echowall.ReactQuota, opens: nextMonth},

		// An administrator refused this address: nothing to retry soon, and somebody must be told.
		89506: {reaction: echowall.ReactPermanent, wait: 24 * time.Hour},
		89507: {reaction: echowall.ReactPermanent, wait: time.Hour},
	}
	// An administrator has to confirm on a phone first.
	for _, code := range []int{89501, 89503, 89504, 89505} {
		table[code] = rule{reaction: echowall.ReactRetry, wait: 5 * time.Minute}
	}
	for reaction, list := range map[echowall.Reaction][]int{
		echowall.ReactToken:       {40001, 40014, 42001},
		echowall.ReactUnreachable: {40003, 43004, 43019, 43101, 45015, 46004, 48002, 50005, 70000},
		echowall.ReactDone:        {45065, 45072, 45080, 45081, 46003},
		echowall.ReactPermanent: {
			40013, 40036, 40037, 40054, 40055, 40125, 40164, 40200, 40243, 40246, 40247, 40249, 41030, 43116,
			45029, 45062, 45064, 45113, 48001, 48003, 48004, 48008, 50001, 50002, 50004, 50007, 61004, 65400,
			88000, 200011, 200012, 200013,
		},
		echowall.ReactBadRequest: {
			40002, 40004, 40005, 40006, 40007, 40008, 40009, 40010, 40011, 40012, 40015, 40016, 40017, 40018,
			40019, 40020, 40021, 40022, 40023, 40024, 40025, 40026, 40027, 40029, 40030, 40032, 40033, 40039,
			40052, 40053, 40059, 40060, 40065, 40113, 40130, 40152, 40163, 41001, 41002, 41003, 41004, 41005,
			41006, 41007, 41008, 41009, 42002, 42003, 42007, 43002, 44001, 44002, 44003, 44004, 45001, 45002,
			45003, 45004, 45005, 45006, 45007, 45008, 45056, 45057, 45058, 45059, 45067, 45083, 45084, 45110,
			45157, 45158, 45159, 47001, 47003, 48021, 48022, 49003, 61451, 61452, 61453, 61454, 61455, 61456,
			61457, 65301, 65303, 65305, 65306, 65316, 65317, 65320, 65416, 76001, 76002, 76003, 76004, 76021,
			76022, 200014, 200015, 200016, 200017, 200018, 200019, 200020, 200021, 200022,
		},
	} {
		for _, code := range list {
			table[code] = rule{reaction: reaction}
		}
	}
	return table
}()

// tokenCallCodes differ when the failing call is the one that asks for the token: there is no token to
// refresh, so the secret itself is wrong.
var tokenCallCodes = map[int]rule{
	40001: {reaction: echowall.ReactPermanent},
	40014: {reaction: echowall.ReactPermanent},
	42001: {reaction: echowall.ReactPermanent},
}

// React returns the reaction to an error code of an ordinary call, and whether the code is known. Unknown
// codes are worth one more attempt, which the client makes by itself.
func React(code int) (reaction echowall.Reaction, known bool) {
	r, ok := codes[code]
	if !ok {
		return echowall.ReactRetry, false
	}
	return r.reaction, true
}

// RestartOAuth reports whether err says that a web login has to start over: its code was used, has expired
// or never was one.
func RestartOAuth(err error) bool {
	pe, ok := echowall.AsPlatformError(err)
	if !ok {
		return false
	}
	switch pe.Code {
	case 40029, 40030, 40163, 42002, 42003, 42007:
		return true
	}
	return false
}

// beijing is where the platform's quotas turn; it has no daylight saving time.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

func nextDay(now time.Time, _ AccountType) time.Time {
	y, m, d := now.In(beijing).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, beijing)
}

func nextMonth(now time.Time, _ AccountType) time.Time {
	y, m, _ := now.In(beijing).Date()
	return time.Date(y, m+1, 1, 0, 0, 0, 0, beijing)
}

// nextMassSlot is the next day for subscription accounts (one a day) and the next month for service
// accounts (four a month to each person).
func nextMassSlot(now time.Time, t AccountType) time.Time {
	if t.Service() {
		return nextMonth(now, t)
	}
	return nextDay(now, t)
}

// refused turns an error code of the platform into a classified error.
func (c *Client) refused(r *request, code int, message string, token string) *echowall.PlatformError {
	pe := &echowall.PlatformError{Call: r.path, Code: code, Message: c.redact(message, r, token)}
	found, known := codes[code]
	if r.noToken {
		if special, ok := tokenCallCodes[code]; ok {
			found, known = special, true
		}
	}
	if !known {
		pe.Reaction = echowall.ReactRetry
		return pe
	}
	pe.Reaction, pe.RetryAfter = found.reaction, found.wait
	if found.opens != nil {
		pe.Until = found.opens(c.now(), c.account)
	}
	return pe
}

// badRequest is a defect of the request found before it was sent.
func badRequest(call, message string) *echowall.PlatformError {
	return &echowall.PlatformError{Call: call, Reaction: echowall.ReactBadRequest, Message: message}
}

// allowed answers for the platform when the account type may not use a feature.
func (c *Client) allowed(call string, f Feature) error {
	if c.account.Can(f) {
		return nil
	}
	return &echowall.PlatformError{
		Call: call, Code: CodeUnauthorized, Reaction: echowall.ReactPermanent,
		Message: "accounts of type " + string(c.account) + " have no " + string(f) + "; not called",
	}
}
