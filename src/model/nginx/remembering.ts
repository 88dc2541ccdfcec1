/** Most texts stand in a configuration many times; a hostile one may bring any number of different ones. */
const most = 50_000;

/** `make`, asked once for each text until there are too many, and then anew. */
export function remembering<R>(make: (text: string) => R): (text: string) => R {
  const known = new Map<string, { readonly made: R }>();
  return (text) => {
    let found = known.get(text);
    if (!found) {
      if (known.size > most) known.clear();
      found = { made: make(text) };
      known.set(text, found);
    }
    return found.made;
  };
}
