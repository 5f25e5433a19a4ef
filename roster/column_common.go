package roster

import "echowall"

func idColumn[T any](example string, id func(*T) string) column[T] {
	return column[T]{
		title: columnID, required: true, field: "id", width: 14, example: example,
		help: "roster.help_id",
		get:  id,
		set:  func(*T, cell) *echowall.Error { return nil },
	}
}

func textColumn[T any](title, field string, width float64, example, help string, at func(*T) *string) column[T] {
	return column[T]{
		title: title, field: field, width: width, example: example, help: help,
		get: func(x *T) string { return *at(x) },
		set: func(x *T, c cell) *echowall.Error {
			*at(x) = c.text
			return nil
		},
	}
}

func nameColumn[T any](title, example string, at func(*T) *string) column[T] {
	c := textColumn(title, "name", 24, example, "roster.help_name", at)
	c.required = true
	return c
}

// refColumn holds the number of another entry.
func refColumn[T any, K ~string](title, field, example, help string, at func(*T) *K) column[T] {
	return column[T]{
		title: title, field: field, width: 14, example: example, help: help,
		get: func(x *T) string { return string(*at(x)) },
		set: func(x *T, c cell) *echowall.Error {
			*at(x) = K(number(c.text))
			return nil
		},
	}
}

// refsColumn holds numbers of other entries.
func refsColumn[T any, K ~string](title, field, example, help string, at func(*T) *[]K) column[T] {
	return column[T]{
		title: title, field: field, width: 20, example: example, help: help,
		get: func(x *T) string { return joined(*at(x)) },
		set: func(x *T, c cell) *echowall.Error {
			*at(x) = ids[K](c.text)
			return nil
		},
	}
}

func listColumn[T any](title, field, example, help string, at func(*T) *[]string) column[T] {
	return column[T]{
		title: title, field: field, width: 24, example: example, help: help,
		get: func(x *T) string { return joined(*at(x)) },
		set: func(x *T, c cell) *echowall.Error {
			*at(x) = list(c.text)
			return nil
		},
	}
}

func positionColumns[T any](lat, lng func(*T) *float64) []column[T] {
	one := func(title, field, example string, at func(*T) *float64) column[T] {
		return column[T]{
			title: title, field: field, width: 11, example: example, help: "roster.help_position",
			get: func(x *T) string { return degrees(*at(x)) },
			set: func(x *T, c cell) *echowall.Error {
				v, err := coordinate(c.text)
				if err == nil {
					*at(x) = v
				}
				return err
			},
		}
	}
	return []column[T]{one("纬度", "lat", "30.251", lat), one("经度", "lng", "120.151", lng)}
}
