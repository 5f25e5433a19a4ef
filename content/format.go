package content

import (
	"fmt"

	"echowall"
)

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// DateText writes a day as people read it: 2026年11月23日（周一）.
func DateText(d echowall.Date) string {
	return fmt.Sprintf("%d年%s", d.Year, ShortDateText(d))
}

// ShortDateText leaves out the year: 11月26日（周四）.
func ShortDateText(d echowall.Date) string {
	return fmt.Sprintf("%d月%d日（%s）", int(d.Month), d.Day, weekdays[d.Weekday()])
}
