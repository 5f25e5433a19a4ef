package emulator

// Change says that something about a person is new: a bubble, following,
// typing. An empty OpenID says that changes were missed and everybody should
// be looked at again.
type Change struct {
	OpenID string
	Seq    int64 // of the newest bubble
}

type subscription struct{ c chan Change }

// Subscribe streams changes until stop is called or the platform closes, when
// the channel is closed. A reader too slow gets one Change without OpenID
// instead of those it missed.
func (p *Platform) Subscribe() (changes <-chan Change, stop func()) {
	p.init()
	sub := &subscription{make(chan Change, 256)}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.subs[sub] = struct{}{}
	return sub.c, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if _, ok := p.subs[sub]; ok {
			delete(p.subs, sub)
			close(sub.c)
		}
	}
}

// tell announces a change of a person. Held lock: mu, so this is the only
// sender and an emptied channel has room.
func (p *Platform) tell(u *person) {
	for sub := range p.subs {
		select {
		case sub.c <- Change{u.openid, u.seq}:
		default:
			for len(sub.c) > 0 {
				select {
				case <-sub.c:
				default:
				}
			}
			sub.c <- Change{}
		}
	}
	p.notify()
}
