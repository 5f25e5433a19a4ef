package delivery

import (
	"fmt"
	"slices"
)

// Idle reports whether the queue holds nothing and no task runs, in any process. A debt that is due but not
// yet fetched from the ledger does not count.
func (d *Delivery) Idle() (bool, error) {
	// A queue that nothing was put into does not exist; GetQueueInfo has no error of its own for that.
	queues, err := d.inspector.Queues()
	if err != nil {
		return false, fmt.Errorf("delivery: list of queues: %w", err)
	}
	if !slices.Contains(queues, d.queue) {
		return true, nil
	}
	info, err := d.inspector.GetQueueInfo(d.queue)
	if err != nil {
		return false, fmt.Errorf("delivery: state of the queue: %w", err)
	}
	return info.Pending+info.Active == 0, nil
}
