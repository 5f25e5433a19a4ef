package handlers

import (
	"strings"

	"echowall"
	"echowall/bot"
)

// scan answers a code that a follower scanned.
func (a *App) scan(c *bot.Context) (echowall.Message, error) { return a.scene(c, c.In.Scene) }

// scene is what a code means: the place where it hangs, a slip that binds, a browser that wants to be logged
// in. Codes of other times and other accounts are answered like any that says nothing.
func (a *App) scene(c *bot.Context, scene string) (echowall.Message, error) {
	switch {
	case echowall.IsPlaceScene(scene):
		return a.arrive(c, scene)
	case strings.HasPrefix(scene, echowall.SceneBind):
		return a.bindScene(c, strings.TrimPrefix(scene, echowall.SceneBind))
	case strings.HasPrefix(scene, echowall.LoginScene):
		return a.loginScene(c, scene)
	case scene == "":
		return c.Reply("common.scanned")
	}
	return echowall.Message{}, echowall.Refusal(echowall.KindNotFound, "places.scene_unknown")
}
