package delivery

import (
	"sync/atomic"

	"echowall"
)

// Stats counts what this process settled since its start.
type Stats struct {
	Paid    int64
	Unknown int64
	Boxed   int64
	PutOff  int64 // put off or to be tried again
	Dead    int64
	Void    int64
}

type counters struct{ paid, unknown, boxed, putOff, dead, void atomic.Int64 }

func (c *counters) count(s echowall.DebtState) {
	switch s {
	case echowall.DebtPaid:
		c.paid.Add(1)
	case echowall.DebtUnknown:
		c.unknown.Add(1)
	case echowall.DebtBoxed:
		c.boxed.Add(1)
	case echowall.DebtOwed, echowall.DebtSending:
		c.putOff.Add(1)
	case echowall.DebtDead:
		c.dead.Add(1)
	case echowall.DebtVoid:
		c.void.Add(1)
	}
}

// Stats returns the counts so far.
func (d *Delivery) Stats() Stats {
	c := &d.stats
	return Stats{
		Paid: c.paid.Load(), Unknown: c.unknown.Load(), Boxed: c.boxed.Load(),
		PutOff: c.putOff.Load(), Dead: c.dead.Load(), Void: c.void.Load(),
	}
}
