package delivery

import (
	"errors"
	"fmt"

	"github.com/hibiken/asynq"
)

// Idle reports whether the queue holds nothing and no task runs, in any process. A debt that is due but not
// yet fetched from the ledger does not count.
func (d *Delivery) Idle() (bool, error) {
	info, err := d.inspector.GetQueueInfo(d.queue)
	if errors.Is(err, asynq.ErrQueueNotFound) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("delivery: state of the queue: %w", err)
	}
	return info.Pending+info.Active == 0, nil
}
