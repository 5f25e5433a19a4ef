package echowall

import "time"

// The attention budget and the shares of the quota (study.md section D).
const (
	// StudySpacing is the least time between any message of ours and a study message after it.
	StudySpacing = 2 * time.Hour
	// StudyPerWeek is how many study messages, lessons included, a person gets in a week before reminders stop.
	StudyPerWeek = 6
	// NoticeReserve is how many of the five window messages only secretary notices and answers may use.
	NoticeReserve = 2
	// TemplatesPerDay is how many template messages one person gets on a day unless Rules say otherwise
	// (platform reference 2.2: no more than three of one template a day).
	TemplatesPerDay = 3
	// AwakeFor is how long after writing to us a person is not disturbed by an answer, whatever the hour.
	AwakeFor = 10 * time.Minute
)

// Rules is what the planner knows about the account. The zero value can only box.
type Rules struct {
	// Calendar tells workdays and the zone; nil counts Monday to Friday in China's zone.
	Calendar *Calendar
	// Replies says that the account may send customer-service messages.
	Replies bool
	// Subscriptions and Templates name the approved template by kind; a kind without one has no such channel.
	Subscriptions map[DebtKind]string
	Templates     map[DebtKind]string
	// TemplatesPerDay a person; 0 means the constant of this name.
	TemplatesPerDay int
	// Paused channels come back at the given time (a quota of the account is used up); debts wait for them.
	Paused map[Channel]time.Time
	// Closed channels are of no use at all for now (permission or configuration); debts do not wait for them.
	Closed map[Channel]bool
}

// Why says what keeps a debt from being sent now. It is recorded, never shown to people.
type Why string

// The reasons.
const (
	WhyNone    Why = ""
	WhyQuiet   Why = "quiet"   // quiet hours
	WhyRestDay Why = "restday" // statutory rest day
	WhyOffice  Why = "office"  // nobody is chased at this hour
	WhyPace    Why = "pace"    // too soon after another message
	WhyBudget  Why = "budget"  // enough study messages today or this week
	WhyQuota   Why = "quota"   // the account's quota is used up
	WhyExpired Why = "expired" // the message makes no sense any more
	WhyGone    Why = "gone"    // the person does not follow, or nobody knows them
	WhyNoWay   Why = "noway"   // no channel is open
	WhyUntrue  Why = "untrue"  // the writer says there is nothing to say any more
)

// Decision is what to do about one debt now. Exactly one of Channel, Until and Void is set.
type Decision struct {
	Channel  Channel
	Window   Window    // which reply window pays, for ChannelReply
	Template string    // template id, for ChannelSubscription and ChannelTemplate
	Until    time.Time // put off until then
	Void     bool      // drop it
	Why      Why
}

// manner is how one kind of debt treats people.
type manner struct {
	quiet    bool // keeps the quiet hours
	workdays bool // not on rest days
	office   bool // a chase: 8 to 20 o'clock only
	study    bool // counts against the attention budget
	reserve  bool // leaves NoticeReserve window messages to others
	answer   bool // follows from the person's own act; no part of the attention budget
}

var manners = map[DebtKind]manner{
	DebtWishAccepted:  {quiet: true, answer: true},
	DebtWishRouted:    {quiet: true, answer: true},
	DebtWishAnswered:  {quiet: true, answer: true},
	DebtWishRedo:      {quiet: true, workdays: true},
	DebtWishDue:       {quiet: true, workdays: true, office: true},
	DebtWishNew:       {quiet: true, workdays: true, reserve: true},
	DebtLesson:        {quiet: true, workdays: true, study: true, reserve: true},
	DebtStudyReminder: {quiet: true, workdays: true, study: true, reserve: true},
	DebtNotice:        {quiet: true, workdays: true},
	DebtNoticeChase:   {quiet: true, workdays: true, office: true},
	DebtLateReply:     {answer: true},
	DebtHuman:         {quiet: true},
}

// mannerOf treats a kind without a row as the most restrained ones.
func mannerOf(k DebtKind) manner {
	if m, ok := manners[k]; ok {
		return m
	}
	return manners[DebtWishNew]
}

// Plan decides about one debt at now. It looks at nothing but its arguments.
func Plan(d *Debt, reach *Reach, now time.Time, rules *Rules) Decision {
	if !d.Expires.IsZero() && !now.Before(d.Expires) {
		return Decision{Void: true, Why: WhyExpired}
	}
	m := mannerOf(d.Kind)
	if m.study && !reach.Following {
		return Decision{Void: true, Why: WhyGone}
	}
	if !d.Urgent {
		if until, why := restraint(d.Kind, m, reach, now, rules); why != WhyNone {
			if until.IsZero() {
				return Decision{Void: true, Why: why}
			}
			return d.putOff(until, why)
		}
	}
	return d.ladder(m, reach, now, rules)
}

// putOff waits unless the message would make no sense any more by then.
func (d *Debt) putOff(until time.Time, why Why) Decision {
	if !d.Expires.IsZero() && !until.Before(d.Expires) {
		return Decision{Void: true, Why: WhyExpired}
	}
	return Decision{Until: until, Why: why}
}

// restraint says whether the hour, the day or the attention budget stand against the message, and until
// when; a zero time means for good.
func restraint(kind DebtKind, m manner, reach *Reach, now time.Time, rules *Rules) (time.Time, Why) {
	awake := m.answer && now.Sub(reach.LastWrote()) < AwakeFor
	if until, why := rules.Earliest(kind, now); why != WhyNone && !awake {
		return until, why
	}
	if !m.study {
		return time.Time{}, WhyNone
	}
	today := rules.calendar().Today(now)
	if kind == DebtStudyReminder {
		spent := reach.StudyWeek == weekOf(today) && reach.StudyUsed >= StudyPerWeek
		if spent || reach.ReminderDay == today.String() {
			return time.Time{}, WhyBudget
		}
	}
	if next := reach.LastSent.Add(StudySpacing); !reach.LastSent.IsZero() && now.Before(next) {
		return next, WhyPace
	}
	return time.Time{}, WhyNone
}

// ladder picks the cheapest open channel. When all that would be open are paused, it waits for the first.
func (d *Debt) ladder(m manner, reach *Reach, now time.Time, rules *Rules) Decision {
	var resumes time.Time
	if reach.Following {
		for _, step := range []Decision{
			d.reply(m, reach, now, rules),
			{Channel: ChannelSubscription, Template: d.subscription(reach, rules)},
			{Channel: ChannelTemplate, Template: d.template(reach, now, rules)},
		} {
			if step.Window == WindowNone && step.Template == "" || rules.Closed[step.Channel] {
				continue
			}
			until, paused := rules.Paused[step.Channel]
			if !paused || !now.Before(until) {
				return step
			}
			if resumes.IsZero() || until.Before(resumes) {
				resumes = until
			}
		}
	}
	if !resumes.IsZero() {
		return d.putOff(resumes, WhyQuota)
	}
	return Decision{Channel: ChannelBox, Why: WhyNoWay}
}

// reply picks the window that ends first, so that the long one is kept.
func (d *Debt) reply(m manner, reach *Reach, now time.Time, rules *Rules) Decision {
	step := Decision{Channel: ChannelReply}
	if !rules.Replies {
		return step
	}
	keep := 0
	if m.reserve && !d.Urgent {
		keep = NoticeReserve
	}
	limit := now.Add(windowMargin)
	switch {
	case reach.ActLeft > 0 && limit.Before(reach.ActUntil):
		step.Window = WindowAct
	case reach.MessageLeft > keep && limit.Before(reach.MessageUntil):
		step.Window = WindowMessage
	}
	return step
}

func (d *Debt) subscription(reach *Reach, rules *Rules) string {
	if id := rules.Subscriptions[d.Kind]; id != "" && reach.Accepted[id] > 0 {
		return id
	}
	return ""
}

func (d *Debt) template(reach *Reach, now time.Time, rules *Rules) string {
	most := rules.TemplatesPerDay
	if most == 0 {
		most = TemplatesPerDay
	}
	if reach.TemplateDay == rules.calendar().Today(now).String() && reach.TemplateUsed >= most {
		return ""
	}
	for _, a := range d.Attempts {
		if a.Channel == ChannelTemplate && a.Result == string(ReactUnreachable) {
			return "" // nothing the person does makes a second try worth while
		}
	}
	return rules.Templates[d.Kind]
}
