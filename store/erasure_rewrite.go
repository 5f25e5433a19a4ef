package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"echowall"
)

// What the mark of a rewriting that is wanted begins with. After it stands a text drawn anew by whoever wrote it,
// so that an erasure during a rewriting is not taken for one before it.
const (
	rewriteWanted = "wanted "
	rewriteAsked  = "asked " // then which run of the server, and when (unix s)

	rewriteAgain = 60 // seconds after which a rewriting that failed is asked for again
)

// wantRewrite stages that the database's files are to be rewritten: the change forgets something that they hold.
func (s *Store) wantRewrite(c *change) { c.put("SET", s.keys.rewrite(), rewriteWanted+stamp()) }

// Compact implements echowall.ErasureStore. A rewriting that was under way when something was erased does not count:
// it may have passed by already. Replicas rewrite their files by their own rule.
func (s *Store) Compact(ctx context.Context) (echowall.Rewriting, error) {
	mark, err := s.rdb.Get(ctx, s.keys.rewrite()).Result()
	if errors.Is(err, redis.Nil) {
		return echowall.RewritingNothing, nil
	}
	if err != nil {
		return echowall.RewritingWaits, wrap(err)
	}
	node, err := s.node(ctx)
	if err != nil {
		return echowall.RewritingWaits, err
	}
	info, err := serverInfo(ctx, node)
	if err != nil {
		return s.refused(ctx, mark, err)
	}
	if info["aof_enabled"] != "1" {
		return s.refused(ctx, mark, nil)
	}
	if info["aof_rewrite_in_progress"] != "0" || info["aof_rewrite_scheduled"] != "0" {
		return echowall.RewritingWaits, nil
	}
	now := s.now()
	if word := strings.Fields(mark); word[0]+" " == rewriteAsked && word[1] == info["run_id"] {
		if info["aof_last_bgrewrite_status"] == "ok" {
			return echowall.RewritingDone, s.remark(ctx, mark, "")
		}
		if at, err := strconv.ParseInt(word[2], 10, 64); err == nil && now.Unix()-at < rewriteAgain {
			return echowall.RewritingWaits, nil
		}
	}
	if err := node.BgRewriteAOF(ctx).Err(); err != nil {
		if strings.Contains(err.Error(), "already in progress") { // began since we looked, and may be too early
			return echowall.RewritingWaits, nil
		}
		return s.refused(ctx, mark, err)
	}
	return echowall.RewritingWaits, s.remark(ctx, mark, rewriteAsked+info["run_id"]+" "+strconv.FormatInt(now.Unix(), 10)+" "+stamp())
}

// RewriteWaits reports whether the database's files may still hold something that was erased.
func (s *Store) RewriteWaits(ctx context.Context) (bool, error) {
	n, err := s.rdb.Exists(ctx, s.keys.rewrite()).Result()
	return n > 0, wrap(err)
}

// refused gives up asking a server that takes no orders or keeps no such file; one that cannot be reached is asked
// again.
func (s *Store) refused(ctx context.Context, mark string, err error) (echowall.Rewriting, error) {
	var reply redis.Error
	if err != nil && !errors.As(err, &reply) || echowall.KindOf(wrap(err)) == echowall.KindUnavailable {
		return echowall.RewritingWaits, wrap(err)
	}
	return echowall.RewritingRefused, s.remark(ctx, mark, "")
}

// remark changes the mark from what it was, "" removes it. When somebody else has changed it, that stands.
func (s *Store) remark(ctx context.Context, was, is string) error {
	c := newChange()
	c.guard(s.keys.rewrite(), guardText, was)
	if is == "" {
		c.put("DEL", s.keys.rewrite())
	} else {
		c.put("SET", s.keys.rewrite(), is)
	}
	if err := c.apply(ctx, s); err != nil && echowall.KindOf(err) != echowall.KindConflict {
		return err
	}
	return nil
}

// serverInfo is what a server says about itself and its files.
func serverInfo(ctx context.Context, node redis.Cmdable) (map[string]string, error) {
	out := make(map[string]string)
	for _, section := range []string{"server", "persistence"} { // several in one call take Redis 7
		text, err := node.Info(ctx, section).Result()
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				out[name] = value
			}
		}
	}
	return out, nil
}

// node is the server that holds the account's keys.
func (s *Store) node(ctx context.Context) (redis.Cmdable, error) {
	if c, ok := s.rdb.(*redis.ClusterClient); ok {
		n, err := c.MasterForKey(ctx, s.keys.prefix)
		return n, wrap(err)
	}
	return s.rdb, nil
}
