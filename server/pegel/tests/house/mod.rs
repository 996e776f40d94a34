//! Which file of the workspace imports which, read from the code: all paths that begin with `crate`, `super` or `self`,
//! or with the name of a module below. `mod` lines and re-exports are not imports, and tests do not count.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use syn::visit::Visit;
use syn::{Attribute, File, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// A file and one that it imports, as paths below the folder of all crates.
pub type Arrow = (String, String);

/// All files of all crates.
pub struct House {
    pub arrows: BTreeSet<Arrow>,
}

/// The modules of one crate.
#[derive(Default)]
struct Crate {
    /// By its path, such as `["script", "load"]`: the file of a module, and its text.
    modules: BTreeMap<Vec<String>, (String, File)>,
    /// Where the names that a module re-exports come from.
    re_exports: HashMap<(Vec<String>, String), Vec<String>>,
}

impl House {
    /// Reads `*/src` below a folder.
    pub fn of(folder: &Path) -> House {
        let mut arrows = BTreeSet::new();
        let crates = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for root in crates.map(|path| path.join("src")) {
            for name in ["lib.rs", "main.rs"] {
                if root.join(name).exists() {
                    let mut found = Crate::default();
                    found.read(folder, &root, &root.join(name), Vec::new());
                    arrows.extend(found.arrows());
                }
            }
        }
        House { arrows }
    }
}

impl Crate {
    /// Reads the file of a module, and those of the modules that it declares, in `inside`.
    fn read(&mut self, folder: &Path, inside: &Path, path: &Path, module: Vec<String>) {
        let file = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap();
        for item in &file.items {
            match item {
                Item::Mod(declared) if declared.content.is_none() && !is_test(&declared.attrs) => {
                    let name = declared.ident.to_string();
                    let below = inside.join(&name);
                    let files = [below.with_extension("rs"), below.join("mod.rs")];
                    let found = files.iter().find(|file| file.exists()).expect("a declared module has a file");
                    self.read(folder, &below, found, [&module[..], &[name]].concat());
                }
                Item::Use(ItemUse { vis: Visibility::Public(_) | Visibility::Restricted(_), tree, .. }) => {
                    for (path, name) in names(tree) {
                        self.re_exports.insert((module.clone(), name), path);
                    }
                }
                _ => {}
            }
        }
        let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        self.modules.insert(module, (name, file));
    }

    fn arrows(&self) -> BTreeSet<Arrow> {
        let mut arrows = BTreeSet::new();
        for (module, (from, file)) in &self.modules {
            let mut paths = Paths { found: Vec::new(), depth: 0 };
            paths.visit_file(file);
            let to = paths.found.iter().filter_map(|path| self.resolve(module, path, 0));
            arrows.extend(to.filter(|to| *to != from).map(|to| (from.clone(), to.clone())));
        }
        arrows
    }

    /// The file that declares what a path names, as seen from a module; `None` for what lies in another crate.
    fn resolve(&self, module: &[String], path: &[String], followed: usize) -> Option<&String> {
        let (first, rest) = path.split_first()?;
        let mut at: Vec<String> = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module[..module.len().checked_sub(1)?].to_vec(),
            name => {
                let child = [module, &[name.to_owned()]].concat();
                self.modules.get(&child)?;
                child
            }
        };
        for name in rest {
            let below = [&at[..], std::slice::from_ref(name)].concat();
            if name == "super" {
                at.pop();
            } else if self.modules.contains_key(&below) {
                at = below;
            } else if let Some(path) = self.re_exports.get(&(at.clone(), name.clone())).filter(|_| followed < 8) {
                return self.resolve(&at, path, followed + 1).or_else(|| self.file(&at));
            } else {
                break;
            }
        }
        self.file(&at)
    }

    fn file(&self, module: &[String]) -> Option<&String> {
        self.modules.get(module).map(|(name, _)| name)
    }
}

/// All paths of a file outside of tests, except re-exports, as seen from the file's own module.
struct Paths {
    found: Vec<Vec<String>>,
    /// How many modules within the file surround the place.
    depth: usize,
}

impl Paths {
    fn push(&mut self, mut path: Vec<String>) {
        // Seen from within an inline module, the file's own module is a step further.
        for _ in 0..self.depth {
            match path.first().map(String::as_str) {
                Some("super") => _ = path.remove(0),
                Some("crate") => {}
                _ => return,
            }
        }
        self.found.push(path);
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.depth += 1;
        syn::visit::visit_item_mod(self, module);
        self.depth -= 1;
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if matches!(item.vis, Visibility::Inherited) {
            for (path, _) in names(&item.tree) {
                self.push(path);
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            self.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        syn::visit::visit_path(self, path);
    }

    /// The arguments of a macro are only tokens: `crate::a::B` is searched for among them.
    fn visit_macro(&mut self, found: &'ast Macro) {
        let text = found.tokens.to_string().replace(' ', "");
        let ends = |letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':');
        for part in
            text.split(ends).filter(|part| ["crate::", "super::", "self::"].iter().any(|way| part.starts_with(way)))
        {
            self.push(part.split("::").map(str::to_owned).collect());
        }
        syn::visit::visit_macro(self, found);
    }
}

/// The paths that a `use` brings in, each with the name that it gets.
fn names(tree: &UseTree) -> Vec<(Vec<String>, String)> {
    match tree {
        UseTree::Path(path) => {
            let first = path.ident.to_string();
            let inside = names(&path.tree).into_iter();
            inside.map(|(rest, name)| ([vec![first.clone()], rest].concat(), name)).collect()
        }
        UseTree::Name(name) => vec![(vec![name.ident.to_string()], name.ident.to_string())],
        UseTree::Rename(name) => vec![(vec![name.ident.to_string()], name.rename.to_string())],
        UseTree::Glob(_) => vec![(Vec::new(), "*".to_owned())],
        UseTree::Group(group) => group.items.iter().flat_map(names).collect(),
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let says_test = |attribute: &Attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Ident>().is_ok_and(|word| word == "test")
    };
    attributes.iter().any(says_test)
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
