package echowall

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a lesson, in characters. The title must fit a template field of the platform (20).
const (
	LessonTitleLimit   = 20
	LessonSummaryLimit = 60
	LessonBodyLimit    = 600
)

// Lesson is one micro lesson (微党课): read in about three minutes, with at most three questions.
type Lesson struct {
	ID      string `json:"id"` // a-z, 0-9 and "-"; unique in the pack
	Title   string `json:"title"`
	Summary string `json:"summary,omitempty"`
	// Date is the publishing day; zero queues the lesson for a workday that has none.
	Date     Date     `json:"date,omitzero"`
	Topic    string   `json:"topic,omitempty"`
	Audience []string `json:"audience,omitempty"` // 全体党员 | 支部:… | 标签:… | 不含:标签:…
	Minutes  int      `json:"minutes,omitempty"`
	Sources  []Source `json:"sources,omitempty"`
	Reviewer string   `json:"reviewer,omitempty"`
	Reviewed Date     `json:"reviewed,omitzero"`
	// Expires is the last day on which the lesson may go out; zero means never.
	Expires Date `json:"expires,omitzero"`
	// StudyHours (学时) is 0 for micro lessons: only organised study sessions carry hours
	// (regulation on the education of party members, art. 20).
	StudyHours int        `json:"study_hours,omitempty"`
	Audio      string     `json:"audio,omitempty"` // path in the pack
	Body       string     `json:"body"`            // Markdown, without the points and questions
	Points     []string   `json:"points,omitempty"`
	Questions  []Question `json:"questions,omitempty"`
	// Voice is the stored media id when a secretary spoke the lesson; Branch is then the branch it is for.
	Voice  string   `json:"voice,omitempty"`
	Branch BranchID `json:"branch,omitempty"`
}

// Source is where a lesson's facts can be checked.
type Source struct {
	Name string `json:"name"` // 中华人民共和国宪法第二条
	URL  string `json:"url,omitempty"`
}

// Length counts the characters of the body, as the limits do.
func (l Lesson) Length() int { return utf8.RuneCountInString(l.Body) }

// Expired reports whether the lesson may no longer go out on d.
func (l Lesson) Expired(d Date) bool { return !l.Expires.IsZero() && l.Expires.Before(d) }

// Question returns the lesson's question with the given id.
func (l Lesson) Question(id string) (Question, bool) {
	for _, q := range l.Questions {
		if q.ID == id {
			return q, true
		}
	}
	return Question{}, false
}

// Syllabus says which lesson belongs to which day. It is immutable and safe for concurrent use; the same
// lessons, start and calendar always give the same plan, so replicas need not agree on it.
type Syllabus struct {
	byID map[string]Lesson
	plan map[Date]string
	last Date // the last day to which a queued lesson was given
}

// NewSyllabus plans the lessons. Dated lessons keep their date, rest day or not; of two with one date the
// smaller id has it. Undated ones queue in the order of their ids and take, from start on, the workdays
// that have no dated lesson, one each and each once; one that has expired by its turn is left out.
//
// Adding a lesson with an id smaller than one already given would move the days behind it: give new
// lessons larger ids.
func NewSyllabus(lessons []Lesson, start Date, cal *Calendar) *Syllabus {
	s := &Syllabus{byID: make(map[string]Lesson, len(lessons)), plan: make(map[Date]string, len(lessons))}
	lessons = slices.Clone(lessons)
	slices.SortStableFunc(lessons, func(a, b Lesson) int { return strings.Compare(a.ID, b.ID) })
	var queue []Lesson
	for _, l := range lessons {
		if _, twice := s.byID[l.ID]; twice {
			continue
		}
		s.byID[l.ID] = l
		switch {
		case l.Date.IsZero():
			queue = append(queue, l)
		case l.Expired(l.Date):
		default:
			if _, taken := s.plan[l.Date]; !taken {
				s.plan[l.Date] = l.ID
			}
		}
	}
	for d := start; ; d = d.AddDays(1) {
		for len(queue) > 0 && queue[0].Expired(d) {
			queue = queue[1:]
		}
		if len(queue) == 0 {
			return s
		}
		if _, dated := s.plan[d]; dated || !cal.IsWorkday(d) {
			continue
		}
		s.plan[d], s.last = queue[0].ID, d
		queue = queue[1:]
	}
}

// On returns the lesson of day d, and false when there is none: a rest day, before the start, or the
// queue is used up (a lesson never comes twice).
func (s *Syllabus) On(d Date) (Lesson, bool) {
	id, ok := s.plan[d]
	if !ok {
		return Lesson{}, false
	}
	return s.byID[id], true
}

// ByID returns a lesson of the pack, planned or not.
func (s *Syllabus) ByID(id string) (Lesson, bool) {
	l, ok := s.byID[id]
	return l, ok
}

// Until returns the last day to which the queue reaches, so that an operator can be told in time to add
// lessons. It is zero when no undated lesson was planned.
func (s *Syllabus) Until() Date { return s.last }
