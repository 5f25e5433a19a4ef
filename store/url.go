package store

import (
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"echowall"
)

// URLVariable is the environment variable that operators set; errors name it.
const URLVariable = "ECHOWALL_REDIS_URL"

// Limits of every connection. A person waits at most 5 s for a reply, so that a server that does not
// answer must be given up well before.
const (
	dialTimeout = time.Second
	ioTimeout   = 2 * time.Second
	poolSize    = 64
	retries     = 1 // after a broken connection; scripts are written so that a second run changes nothing
	dialTries   = 1 // callers wait for a server that is away, and know for how long
)

// dial makes the client for one of these forms (rediss… in place of redis… for TLS):
//
//	redis://[user:pass@]host[:port][/db]
//	unix://[user:pass@]/path/to/socket[?db=n]
//	redis-sentinel://[user:pass@]host:port,host:port/master[/db][?sentinel_username=…&sentinel_password=…]
//	redis-cluster://[user:pass@]host:port,host:port
//
// The query may hold the options of go-redis under their names there, for example pool_size=200. Characters
// such as @ : / ? # in a password are written %40 %3A %2F %3F %23. No error holds a password. dial does not
// connect.
func dial(rawURL string) (redis.UniversalClient, error) {
	scheme, rest, ok := strings.Cut(rawURL, "://")
	if !ok {
		return nil, badURL("is not set to a URL; for a Redis on this machine it is redis://127.0.0.1:6379/0")
	}
	switch scheme {
	case "redis", "rediss", "unix":
		return dialOne(scheme, rest)
	case "redis-sentinel", "rediss-sentinel":
		return dialSentinel(strings.TrimSuffix(scheme, "-sentinel"), rest)
	case "redis-cluster", "rediss-cluster":
		return dialCluster(strings.TrimSuffix(scheme, "-cluster"), rest)
	}
	// What stands before :// is not repeated: in a mistyped URL it may be anything.
	return nil, badURL("has an unknown scheme; possible are redis, rediss, unix, redis-sentinel, rediss-sentinel, redis-cluster and rediss-cluster")
}

func dialOne(scheme, rest string) (redis.UniversalClient, error) {
	hosts, u, err := parse(scheme, rest)
	if err != nil {
		return nil, err
	}
	if len(hosts) > 1 {
		return nil, badURL("names several hosts; use redis-sentinel://…/MASTER or redis-cluster://… for them")
	}
	o, err := redis.ParseURL(u.String())
	if err != nil {
		return nil, badURL("%w", err)
	}
	knobs{&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolSize, &o.MaxRetries, &o.DialerRetries,
		&o.ContextTimeoutEnabled, &o.DisableIdentity}.set()
	o.MaintNotificationsConfig = noMaintenance()
	return redis.NewClient(o), nil
}

func dialSentinel(scheme, rest string) (redis.UniversalClient, error) {
	hosts, u, err := parse(scheme, rest)
	if err != nil {
		return nil, err
	}
	if err := needPorts(hosts); err != nil {
		return nil, err
	}
	master, db, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if master == "" {
		return nil, badURL("lacks the name of the master, as in redis-sentinel://10.0.0.1:26379,10.0.0.2:26379/mymaster")
	}
	// go-redis wants the credentials of Sentinel in front and those of Redis in the query; people have one
	// password, and it is that of Redis.
	q := u.Query()
	q.Set("master_name", master)
	for _, h := range hosts[1:] {
		q.Add("addr", h)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		q.Set("username", u.User.Username())
		q.Set("password", password)
		u.User = nil
	}
	if q.Has("sentinel_password") {
		u.User = url.UserPassword(q.Get("sentinel_username"), q.Get("sentinel_password"))
	}
	q.Del("sentinel_username")
	q.Del("sentinel_password")
	u.Host, u.Path, u.RawPath, u.RawQuery = hosts[0], "/"+db, "", q.Encode()

	o, err := redis.ParseFailoverURL(u.String())
	if err != nil {
		return nil, badURL("%w", err)
	}
	if o.TLSConfig != nil {
		o.TLSConfig.ServerName = "" // each host is checked by the name it is dialled by
	}
	knobs{&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolSize, &o.MaxRetries, &o.DialerRetries,
		&o.ContextTimeoutEnabled, &o.DisableIdentity}.set()
	return redis.NewFailoverClient(o), nil
}

func dialCluster(scheme, rest string) (redis.UniversalClient, error) {
	hosts, u, err := parse(scheme, rest)
	if err != nil {
		return nil, err
	}
	if err := needPorts(hosts); err != nil {
		return nil, err
	}
	if strings.Trim(u.Path, "/") != "" {
		return nil, badURL("names a database, but a cluster has only one; leave out what follows the last host")
	}
	q := u.Query()
	for _, h := range hosts[1:] {
		q.Add("addr", h)
	}
	u.Host, u.Path, u.RawQuery = hosts[0], "", q.Encode()

	o, err := redis.ParseClusterURL(u.String())
	if err != nil {
		return nil, badURL("%w", err)
	}
	if o.TLSConfig != nil {
		o.TLSConfig.ServerName = ""
	}
	knobs{&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolSize, &o.MaxRetries, &o.DialerRetries,
		&o.ContextTimeoutEnabled, &o.DisableIdentity}.set()
	o.MaintNotificationsConfig = noMaintenance()
	return redis.NewClusterClient(o), nil
}

// parse splits the hosts of a URL, which net/url takes for one, and parses the URL with the first of them.
func parse(scheme, rest string) (hosts []string, u *url.URL, err error) {
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@') + 1
	hosts = strings.Split(rest[at:end], ",")
	u, err = url.Parse(scheme + "://" + rest[:at] + hosts[0] + rest[end:])
	// The words of net/url may hold a part of the password, and so may a path or query behind which the @
	// stands.
	if err != nil || strings.Contains(rest[end:], "@") || u.Fragment != "" {
		return nil, nil, badURL("cannot be read; in a password the characters @ : / ? # are written %%40 %%3A %%2F %%3F %%23")
	}
	return hosts, u, nil
}

func needPorts(hosts []string) error {
	for _, h := range hosts {
		if host, port, err := net.SplitHostPort(h); err != nil || host == "" || port == "" {
			return badURL("needs a host and a port for each server, as in 10.0.0.1:26379,10.0.0.2:26379")
		}
	}
	return nil
}

func badURL(format string, args ...any) error {
	return echowall.Errorf(echowall.KindInvalid, URLVariable+" "+format, args...)
}

// knobs are the settings that the three kinds of client have in common.
type knobs struct {
	dial, read, write              *time.Duration
	pool, retries, dialTries       *int
	contextTimeout, namelessClient *bool
}

// set fills in what the URL leaves open.
func (k knobs) set() {
	orElse(k.dial, dialTimeout)
	orElse(k.read, ioTimeout)
	orElse(k.write, ioTimeout)
	orElse(k.pool, poolSize)
	orElse(k.retries, retries)
	orElse(k.dialTries, dialTries)
	*k.contextTimeout = true
	*k.namelessClient = true // saves a command a connection, which restricted users may not send
}

func orElse[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// noMaintenance turns off the hand-over notices of one vendor's hosted Redis, a handshake that others refuse.
func noMaintenance() *maintnotifications.Config {
	return &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}
