/** Answers that are asked for again and again, worked out once. */

/** The same question, with an answer kept for each key; it must depend on nothing else. */
export function remembered<K, T>(ask: (key: K) => T): (key: K) => T {
  const answers = new Map<K, { readonly answer: T }>();
  return (key) => {
    let known = answers.get(key);
    if (!known) {
      known = { answer: ask(key) };
      answers.set(key, known);
    }
    return known.answer;
  };
}

/** The same of an object, whose answer goes with it. */
export function once<K extends object, T>(ask: (key: K) => T): (key: K) => T {
  const answers = new WeakMap<K, { readonly answer: T }>();
  return (key) => {
    let known = answers.get(key);
    if (!known) {
      known = { answer: ask(key) };
      answers.set(key, known);
    }
    return known.answer;
  };
}
