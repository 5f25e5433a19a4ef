package store

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"echowall"
	"echowall/store/redistest"
)

func openAt(t *testing.T, rawURL, account string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{URL: rawURL, Account: account, Secret: []byte(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// grantMember is one change with a guard, a document and two indexes.
func grantMember(ctx context.Context, s *Store, p echowall.PersonID) error {
	return s.UpdatePerson(ctx, p, func(w *echowall.Who) error {
		w.Grants = append(w.Grants, echowall.Grant{Role: echowall.RoleMember, Scope: "branch"})
		return nil
	})
}

func TestClusterHoldsManyAccounts(t *testing.T) {
	servers, rawURL := redistest.Cluster(t, 3)
	ctx := t.Context()
	for _, account := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		s := openAt(t, rawURL, account)
		if err := s.CheckDurability(ctx); err != nil {
			t.Fatal(err)
		}
		if err := grantMember(ctx, s, "p1"); err != nil {
			t.Fatalf("account %s: %v", account, err)
		}
		holders, err := s.HoldersOf(ctx, echowall.Grant{Role: echowall.RoleMember, Scope: "branch"})
		if err != nil || len(holders) != 1 {
			t.Errorf("account %s: holders %v, %v; want p1", account, holders, err)
		}
	}
	used := 0
	for _, server := range servers {
		n, err := dialTo(t, "redis://"+server.Addr()).DBSize(ctx).Result()
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			used++
		}
	}
	if used < 2 {
		t.Errorf("eight accounts use %d of 3 servers", used)
	}
}

func TestClusterCheckDurabilityNamesTheServer(t *testing.T) {
	servers, rawURL := redistest.Cluster(t, 3)
	bad := servers[1].Addr()
	if err := dialTo(t, "redis://"+bad).ConfigSet(t.Context(), "appendonly", "no").Err(); err != nil {
		t.Fatal(err)
	}
	err := openAt(t, rawURL, "a").CheckDurability(t.Context())
	if echowall.KindOf(err) != echowall.KindInvalid || !strings.Contains(err.Error(), bad) {
		t.Errorf("error %v, want an invalid one that names %s", err, bad)
	}
	for _, good := range []string{servers[0].Addr(), servers[2].Addr()} {
		if err != nil && strings.Contains(err.Error(), good) {
			t.Errorf("the error names %s, which is safe: %v", good, err)
		}
	}
}

func TestSentinelFailover(t *testing.T) {
	master, replica, rawURL := redistest.Sentinel(t)
	s := openAt(t, rawURL, "a")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := s.CheckDurability(ctx); err != nil {
		t.Fatal(err)
	}
	if err := grantMember(ctx, s, "p1"); err != nil {
		t.Fatal(err)
	}
	if n, err := dialTo(t, master.URL()).(*redis.Client).Wait(ctx, 1, 10*time.Second).Result(); err != nil || n != 1 {
		t.Fatalf("%d replicas follow, %v; want 1", n, err)
	}
	master.Kill()
	failures := 0
	until(t, "the replica takes over", func() bool {
		err := grantMember(ctx, s, "p2")
		if err == nil {
			return true
		}
		failures++
		if k := echowall.KindOf(err); k != echowall.KindUnavailable {
			t.Fatalf("during the failover: %v (kind %s), want kind unavailable", err, k)
		}
		return false
	})
	if failures == 0 {
		t.Error("not one change failed while there was no master: the test kills the wrong server")
	}
	holders, err := s.HoldersOf(ctx, echowall.Grant{Role: echowall.RoleMember, Scope: "branch"})
	if err != nil || len(holders) != 2 {
		t.Errorf("holders after the failover %v, %v; want p1 and p2", holders, err)
	}
	if role, err := dialTo(t, replica.URL()).Do(ctx, "ROLE").Slice(); err != nil || role[0] != "master" {
		t.Errorf("the replica's role is %v, %v; want master", role, err)
	}
}

func TestOpenWithNobodyThere(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := nobody.Addr().String()
	nobody.Close()
	for _, form := range []string{"redis://:hunter2@" + addr, "redis-sentinel://:hunter2@" + addr + "/main", "redis-cluster://:hunter2@" + addr} {
		_, err := Open(t.Context(), Config{URL: form, Account: "a", Secret: []byte(strings.Repeat("k", 32))})
		if echowall.KindOf(err) != echowall.KindUnavailable {
			t.Errorf("%s: error %v of kind %s, want unavailable", form, err, echowall.KindOf(err))
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error holds the password: %v", err)
		}
		if errors.Is(err, redis.Nil) {
			t.Errorf("%s: a missing server looks like a missing key", form)
		}
	}
}
