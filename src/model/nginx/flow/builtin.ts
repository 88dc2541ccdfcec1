/** What nginx's own variables may be: who chooses them, and what the place leaves of it. */
import { builtinVariable } from '../../../../grammar/tables/variables.ts';
import { all, charsOf, visible, without } from '../charset.ts';
import { conditionOf } from '../condition.ts';
import { patternOf } from '../pattern.ts';
import { locationOf } from '../server.ts';
import { moduleOf, type Statement } from '../statement.ts';
import { narrowed } from './cut.ts';
import { type Outcome, part, textPart, unknown } from './outcome.ts';
import { rewritten } from './path.ts';
import { isAround } from './rewrite.ts';
import { before, type Model, type Trace, type Use } from './trace.ts';

/** What a variable of nginx may be. */
export function builtin(name: string, use: Use, trace: Trace): readonly Outcome[] {
  let found = use.builtins.get(name);
  if (!found) {
    use.builtins.set(name, unknown);
    found = chosen(name, use, trace);
    use.builtins.set(name, found);
  }
  return found;
}

function chosen(name: string, use: Use, trace: Trace): readonly Outcome[] {
  const module = moduleOf(use.statement.context) === 'stream' ? 'stream' : 'http';
  const facts = builtinVariable(module, name);
  const carrier = facts?.carrier;
  if (!facts || carrier === undefined) return unknown;
  if (carrier === 'no') {
    const chars = without(visible, '/');
    return [[part('fixed', { chars, first: chars, canBeEmpty: false, variable: name })]];
  }
  if (carrier === 'host') {
    if (!use.server) return unknown;
    if (!trace.model.isOpen(use.server)) {
      const chars = without(visible, '/');
      return [[part('fixed', { chars, first: chars, canBeEmpty: false, variable: name, carrier })]];
    }
  }
  if (carrier === 'user' && !isUserFree(use, trace.model)) return unknown;
  let chars =
    facts.lineFeed || facts.decoded
      ? all
      : carrier === 'header'
        ? visible | charsOf(' \t')
        : carrier === 'cookie'
          ? without(visible, ';')
          : visible;
  if (!facts.slash) chars = without(chars, '/');
  const whole = part('client', {
    chars,
    first: facts.first === '' ? chars : charsOf(facts.first),
    canBeEmpty: facts.first === '' && carrier !== 'host',
    climbs: facts.dots,
    decoded: facts.decoded,
    carrier,
    variable: name,
  });
  // Whoever leads a request to a location that no client reaches says what its path is.
  const isLed = facts.decoded && carrier === 'uri' && isInternal(use.location ?? use.statement);
  const original = limited(isLed ? unknown : [[whole]], name, use);
  return name === 'uri' || name === 'document_uri' ? rewritten(original, use, trace) : original;
}

/** Whether only nginx itself sends requests to a place: for an error, a rewrite or X-Accel-Redirect. */
function isInternal(place: Statement): boolean {
  for (let at: Statement | undefined = place; at; at = at.parent)
    if (at.name === 'location' && at.body.some(({ name }) => name === 'internal')) return true;
  return false;
}

/** Without users whose names are known, anybody may call himself anything. */
function isUserFree({ statement, server, location }: Use, model: Model): boolean {
  if (!server || !model.isWhole()) return false;
  const level = location ?? server;
  const isAuth = ({ name, directive }: Statement): boolean =>
    name.startsWith('auth_') && directive.args[0]?.text !== 'off';
  for (let at: Statement | undefined = level; at; at = at.parent) if (at.body.some(isAuth)) return false;
  // A header of the server may be meant for its locations, which ask for users.
  return statement.parent !== server || !model.named('auth_basic').some((each) => isAround(server, each));
}

/** What the location and the conditions around a text leave of a variable. */
function limited(outcomes: readonly Outcome[], name: string, use: Use): readonly Outcome[] {
  let found = outcomes;
  if (name === 'uri' || name === 'document_uri') {
    for (let at = use.location; at?.name === 'location'; at = at.parent!) {
      const { modifier, path } = locationOf(at);
      if (path.value === undefined || rewrites(at)) break;
      if (modifier === '=') return [[textPart(path.value)]];
      if (!modifier.startsWith('~')) continue;
      const pattern = patternOf(path.value, modifier === '~*');
      if (pattern) found = narrowed(found, pattern);
    }
  }
  for (const { statement, isCertain, matched } of before(use)) {
    if (statement.name !== 'if' || !isCertain || matched === undefined) continue;
    const condition = conditionOf(statement.directive);
    if (condition?.variable !== name || condition.test === 'bare') continue;
    if (matched === condition.isNegated) continue;
    if (!condition.pattern) {
      if (!condition.value.text.includes('$')) return [[textPart(condition.value.text)]];
      continue;
    }
    const pattern = patternOf(condition.value.text, condition.ignoreCase);
    // Who passed a test that nobody here understands may be anybody, or nobody.
    if (!pattern) return unknown;
    found = narrowed(found, pattern);
  }
  return found;
}

/** Whether a location has rewrites of its own. */
const rewrites = ({ body }: Statement): boolean =>
  body.some((each) => each.name === 'rewrite' || (each.name === 'if' && rewrites(each)));
