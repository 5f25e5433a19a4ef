package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"echowall"
	"echowall/bot/wechat"
	"echowall/delivery"
	"echowall/store"
	"echowall/store/redisserver"
)

const account = "gh_bench"

var (
	secret = []byte(strings.Repeat("benchmark", 4))
	// letter is a short notice with its card of answers, 150 characters.
	letter = strings.Repeat("本周五下午三点在社区会议室召开支部党员大会，请准时参加。", 5) + "收到请回复“收到”。"
	// workday is ten o'clock of an ordinary working day; the clock goes on from there.
	workday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))
	started = time.Now()
)

func now() time.Time { return workday.Add(time.Since(started)) }

// bench is Redis, platform and ledger of one run.
type bench struct {
	dir      string
	redis    *redisserver.Process
	redisPid int
	platform *platform
	store    *store.Store
}

func openBench(ctx context.Context) (*bench, error) {
	dir, err := os.MkdirTemp("", "echowall-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir}
	if b.redis, err = redisserver.Start(ctx, redisserver.Config{Dir: dir}); err != nil {
		b.close()
		return nil, err
	}
	if b.platform, err = startPlatform(); err != nil {
		b.close()
		return nil, err
	}
	if b.store, err = openStore(ctx, b.redis.Socket()); err != nil {
		b.close()
		return nil, err
	}
	info, err := b.store.Redis().InfoMap(ctx, "server").Result()
	if err == nil {
		b.redisPid, err = strconv.Atoi(info["Server"]["process_id"])
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func openStore(ctx context.Context, socket string) (*store.Store, error) {
	return store.Open(ctx, store.Config{URL: "unix://" + socket + "?db=0", Account: account, Secret: secret, Now: now})
}

func (b *bench) close() {
	if b.store != nil {
		_ = b.store.Close()
	}
	if b.platform != nil {
		b.platform.stop()
	}
	if b.redis != nil {
		b.redis.Kill()
	}
	_ = os.RemoveAll(b.dir)
}

// prepare opens everybody's window at both ends and owes one message to each. What this wrote into the
// append-only file is rewritten before anything is timed, so that Redis does not do it in the middle.
func (b *bench) prepare(ctx context.Context, n, round int) error {
	if err := b.platform.open(n); err != nil {
		return err
	}
	debts := make([]echowall.Debt, n)
	var failed atomic.Pointer[error]
	each(n, 64, func(i int) {
		turn, err := b.store.Begin(ctx, echowall.Contact{
			Key: fmt.Sprintf("r%d-%d", round, i), From: echowall.OpenID(openID(i)), At: now(), Opens: echowall.WindowMessage,
		})
		if err == nil {
			err = turn.Commit(ctx, nil)
		}
		if err != nil {
			failed.Store(&err)
			return
		}
		debts[i] = echowall.NewDebt(echowall.DebtNotice, echowall.Recipient(turn.Person()), fmt.Sprint(round), "", now())
	})
	if err := failed.Load(); err != nil {
		return *err
	}
	if err := b.store.Owe(ctx, debts...); err != nil {
		return err
	}
	return b.rewrite(ctx)
}

// rewrite has Redis rewrite its append-only file and waits for it.
func (b *bench) rewrite(ctx context.Context) error {
	if err := b.store.Redis().BgRewriteAOF(ctx).Err(); err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		info, err := b.store.Redis().InfoMap(ctx, "persistence").Result()
		if err != nil {
			return err
		}
		if p := info["Persistence"]; p["aof_rewrite_in_progress"] == "0" && p["aof_rewrite_scheduled"] == "0" {
			return nil
		}
		<-tick.C
	}
}

// plain sends the same message to everybody with a prepared body and nothing else, and returns the rate.
func (b *bench) plain(ctx context.Context, n, workers int) (float64, error) {
	token, err := b.platform.token()
	if err != nil {
		return 0, err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers, MaxIdleConns: workers}}
	defer client.CloseIdleConnections()
	url := b.platform.API + kfPath + "?access_token=" + token
	text, err := json.Marshal(letter)
	if err != nil {
		return 0, err
	}
	var refused atomic.Int64
	begun := time.Now()
	each(n, workers, func(i int) {
		body := `{"touser":"` + openID(i) + `","msgtype":"text","text":{"content":` + string(text) + `}}`
		resp, err := client.Post(url, "application/json", strings.NewReader(body))
		if err != nil {
			refused.Add(1)
			return
		}
		answer, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || !strings.Contains(string(answer), `"errcode":0`) {
			refused.Add(1)
		}
	})
	took := time.Since(begun)
	if k := refused.Load(); k > 0 {
		return 0, fmt.Errorf("plain client: %d of %d refused", k, n)
	}
	return float64(n) / took.Seconds(), nil
}

// pay delivers what is owed, checks that each message arrived once, and returns the rate.
func (b *bench) pay(ctx context.Context, n, workers int) (float64, error) {
	before, _, err := b.platform.count()
	if err != nil {
		return 0, err
	}
	d, err := newDelivery(b.store, b.platform.addresses, workers)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := d.Start(ctx); err != nil {
		return 0, err
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for s := d.Stats(); s.Paid < int64(n); s = d.Stats() {
		if s.Unknown+s.Dead+s.Void+s.Boxed > 0 {
			return 0, fmt.Errorf("delivery: %+v", s)
		}
		<-tick.C
	}
	took := time.Since(begun)
	if err := d.Shutdown(ctx); err != nil {
		return 0, err
	}
	after, violations, err := b.platform.count()
	if err != nil {
		return 0, err
	}
	counts, err := b.store.DebtCounts(ctx)
	if err != nil {
		return 0, err
	}
	if after-before != n || violations > 0 || counts.Waiting+counts.Dead+counts.Unknown > 0 {
		return 0, fmt.Errorf("%d calls for %d debts, %d violations, ledger %+v", after-before, n, violations, counts)
	}
	return float64(n) / took.Seconds(), nil
}

// newDelivery wires ledger, queue and the platform's client as the program does.
func newDelivery(s *store.Store, at addresses, workers int) (*delivery.Delivery, error) {
	client, err := wechat.NewClient(wechat.Config{
		AppID: at.AppID, AppSecret: at.Secret, Type: wechat.AccountServiceVerified,
		APIURL: at.API, Redis: s.Redis(), KeyPrefix: s.KeyPrefix(),
	})
	if err != nil {
		return nil, err
	}
	return delivery.New(delivery.Config{
		Ledger: s, Sender: client, Writer: writer{}, Redis: s.Redis(), Account: account,
		Rules: echowall.Rules{Replies: true}, Now: now, Workers: workers,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

// writer writes everybody the same letter.
type writer struct{}

func (writer) Write(context.Context, echowall.Debt, echowall.Channel) (echowall.Message, error) {
	return echowall.Message{Text: letter}, nil
}
