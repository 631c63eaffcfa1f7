//! Which function a path belongs to, as API Gateway decides it.

use std::collections::BTreeMap;

use crate::template::Template;

/// The routes of a template, the most particular first.
#[derive(Clone, Debug)]
pub(super) struct Routes(Vec<Route>);

#[derive(Clone, Debug)]
pub(super) struct Route {
    /// As API Gateway names it: `ANY /sign-in`, or `$default`.
    pub(super) key: String,
    /// What the template calls its function.
    pub(super) function: String,
    segments: Option<Vec<Segment>>,
}

/// Ordered from the most particular to the least.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Exactly(String),
    Any(String),
    Rest(String),
}

impl Routes {
    pub(super) fn new(template: &Template) -> Self {
        let functions = template.functions.iter();
        let all = functions.flat_map(|function| function.routes.iter().map(|path| Route::new(path, &function.id)));
        let mut all: Vec<_> = all.collect();
        all.sort_by_cached_key(Route::rank);
        Self(all)
    }

    /// The route for a path, and what its variables are.
    pub(super) fn find(&self, path: &str) -> Option<(&Route, BTreeMap<String, String>)> {
        self.0.iter().find_map(|route| Some((route, route.fits(path)?)))
    }
}

impl Route {
    fn new(path: &str, function: &str) -> Self {
        let (key, segments) = match path {
            "$default" => (path.to_owned(), None),
            path => (format!("ANY {path}"), Some(path.split('/').map(Segment::read).collect())),
        };
        Self { key, function: function.to_owned(), segments }
    }

    /// Routes without variables go first, `$default` last.
    fn rank(&self) -> (bool, Vec<u8>) {
        let kinds = self.segments.iter().flatten().map(|segment| match segment {
            Segment::Exactly(_) => 0,
            Segment::Any(_) => 1,
            Segment::Rest(_) => 2,
        });
        (self.segments.is_none(), kinds.collect())
    }

    fn fits(&self, path: &str) -> Option<BTreeMap<String, String>> {
        let mut variables = BTreeMap::new();
        let Some(segments) = &self.segments else { return Some(variables) };
        let mut rest = Some(path);
        for segment in segments {
            let (here, after) = rest?.split_once('/').map_or((rest?, None), |(here, after)| (here, Some(after)));
            match segment {
                Segment::Exactly(text) if text == here => {}
                Segment::Any(name) if !here.is_empty() => drop(variables.insert(name.clone(), here.to_owned())),
                Segment::Rest(name) if !rest?.is_empty() => {
                    variables.insert(name.clone(), rest?.to_owned());
                    return Some(variables);
                }
                _ => return None,
            }
            rest = after;
        }
        rest.is_none().then_some(variables)
    }
}

impl Segment {
    fn read(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => match name.strip_suffix('+') {
                Some(name) => Self::Rest(name.to_owned()),
                None => Self::Any(name.to_owned()),
            },
            None => Self::Exactly(text.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_particular_route_takes_a_path() {
        let paths =
            ["$default", "/", "/sign-in", "/assets/{proxy+}", "/admin/users", "/admin/users/{id}", "/admin/{proxy+}"];
        let mut routes: Vec<_> = paths.iter().map(|path| Route::new(path, "F")).collect();
        routes.sort_by_cached_key(Route::rank);
        let routes = Routes(routes);
        let cases = [
            ("/", "ANY /", ""),
            ("/sign-in", "ANY /sign-in", ""),
            ("/sign-in/", "$default", ""),
            ("/Sign-In", "$default", ""),
            ("//sign-in", "$default", ""),
            ("/assets/a.css", "ANY /assets/{proxy+}", "proxy=a.css"),
            ("/assets/a/b", "ANY /assets/{proxy+}", "proxy=a/b"),
            ("/assets", "$default", ""),
            ("/assets/", "$default", ""),
            ("/admin/users", "ANY /admin/users", ""),
            ("/admin/users/7", "ANY /admin/users/{id}", "id=7"),
            ("/admin/users/7/pin", "ANY /admin/{proxy+}", "proxy=users/7/pin"),
            ("/admin/users/", "ANY /admin/{proxy+}", "proxy=users/"),
            ("/elsewhere", "$default", ""),
        ];
        for (path, key, variables) in cases {
            let (route, found) = routes.find(path).unwrap();
            let found: Vec<_> = found.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!((route.key.as_str(), found.join(",").as_str()), (key, variables), "{path}");
        }
    }
}
