/** Whether a value is what the description asks for. */
import { suggest } from '../model/suggest.ts';
import type { Shape } from './shape.ts';
import type { Problem, Value } from './yaml.ts';

type Kind = Value['content']['kind'];

/** What is wrong with `value`; nothing when it is as `shape` says. */
export function* problemsOf(shape: Shape, value: Value): Generator<Problem> {
  const { at, content } = value;
  switch (shape.kind) {
    case 'object': {
      if (content.kind !== 'map')
        return yield wrong(value, `keys are expected: ${listed(Object.keys(shape.fields))}`);
      yield* repeated(value);
      const known = Object.keys(shape.fields);
      const meant = new Set<string | undefined>();
      for (const { key, at, value } of content.entries) {
        meant.add(known.includes(key) ? key : suggest(key, known)?.word);
        if (known.includes(key)) yield* problemsOf(shape.fields[key]!, value);
        else yield unknown(`unknown key ${quoted(key)}`, key, at, known);
      }
      for (const key of shape.required ?? []) {
        if (!meant.has(key)) yield { at: head(value), message: `${key} is missing` };
      }
      return;
    }
    case 'map': {
      if (content.kind !== 'map')
        return yield wrong(value, `a name for each ${shape.of} is expected, with a colon`);
      if (content.entries.length === 0 && !shape.mayBeEmpty) yield { at, message: `no ${shape.of} is named` };
      yield* repeated(value);
      for (const { key, at, value } of content.entries) {
        if (shape.names && !shape.names.includes(key)) {
          yield unknown(`there is no ${shape.of} ${quoted(key)}`, key, at, shape.names);
        }
        yield* problemsOf(shape.value, value);
      }
      return;
    }
    case 'list':
      if (content.kind !== 'list') return yield wrong(value, `a list is expected: ${asList(value)}`);
      if (content.items.length === 0 && !shape.mayBeEmpty) yield { at, message: 'the list is empty' };
      for (const item of content.items) yield* problemsOf(shape.item, item);
      return;
    case 'text':
      if (shape.orNumber && content.kind === 'number' && /^[-+]?\d+$/.test(content.text)) return;
      if (content.kind === 'number') return yield wrong(value, `quotes make it text: "${content.text}"`);
      if (content.kind !== 'text') return yield wrong(value, `${shape.what} is expected`);
      if (!new RegExp(shape.pattern, 'u').test(content.text)) {
        yield { at, message: `${quoted(content.text)} is not ${shape.what}` };
      }
      return;
    case 'choice': {
      if (content.kind === 'text' && shape.of.includes(content.text)) return;
      if (content.kind !== 'text') return yield wrong(value, `${listed(shape.of, 'or')} is expected`);
      return yield unknown(
        `${quoted(content.text)} is not ${listed(shape.of, 'or')}`,
        content.text,
        at,
        shape.of,
      );
    }
    case 'flag':
      if (content.kind !== 'flag') yield wrong(value, 'true or false is expected');
      return;
    case 'listOrObject':
      if (content.kind === 'list') yield* problemsOf(shape.list, value);
      else if (content.kind === 'map') yield* problemsOf(shape.object, value);
      else yield wrong(value, `a list of files is expected: ${asList(value)}`);
  }
}

const names: Readonly<Record<Kind, string>> = {
  map: 'a map',
  list: 'a list',
  text: 'text',
  number: 'a number',
  flag: 'true or false',
  nothing: 'nothing',
};

const wrong = (value: Value, expected: string): Problem => ({
  at: head(value),
  message: `${value.content.kind === 'nothing' ? 'nothing stands here' : `this is ${names[value.content.kind]}`}; ${expected}`,
});

/** How a lone value is written as a list. */
const asList = ({ content }: Value): string =>
  content.kind === 'text' && !/[\s,[\]{}#&*!|>'"%@`]/.test(content.text) ? `[${content.text}]` : '[…]';

function unknown(message: string, word: string, at: Value['at'], candidates: readonly string[]): Problem {
  const near = suggest(word, candidates);
  return {
    at,
    message,
    label: near && `did you mean ${near.word}?`,
    help: near || candidates.length > 12 ? undefined : `what may stand here: ${listed(candidates)}`,
  };
}

function* repeated({ content }: Value): Generator<Problem> {
  if (content.kind !== 'map') return;
  const seen = new Set<string>();
  for (const { key, at } of content.entries) {
    if (seen.has(key)) yield { at, message: `${quoted(key)} stands here a second time` };
    seen.add(key);
  }
}

/** The first line of a value: what begins on it says enough. */
function head({ at }: Value): Value['at'] {
  const line = at.source.text.slice(at.start, at.end).search(/[\r\n]/);
  return line < 0 ? at : { ...at, end: at.start + line };
}

const quoted = (text: string): string => (text.length > 60 ? `"${text.slice(0, 59)}…"` : `"${text}"`);

const listed = (words: readonly string[], link = 'and'): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${link} ${words.at(-1)}`;
