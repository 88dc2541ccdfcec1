/** The picture of `lbcheck failover` as a Mermaid flowchart: nodes, addresses, who hears whom, and what loses or splits them. */
import type { Prediction, RouterPrediction } from '../../election/index.ts';
import { visible } from '../style.ts';
import { concern, list, stepWords, verdictWords } from './words.ts';

export function mermaid({ routers }: Prediction): string {
  return [
    'flowchart LR',
    ...routers.flatMap((router, index) => [...diagram(router, index)]),
    '  classDef carries stroke:#2da44e,stroke-width:3px',
    '  classDef bad stroke:#cf222e,stroke-width:3px',
    '  classDef inherent stroke:#bf8700,stroke-dasharray:4',
    '',
  ].join('\n');
}

/** A label: text that a file or a person chose must not end it, nor be taken for HTML or Markdown. */
const label = (...lines: readonly string[]): string =>
  `"${lines.map((line) => visible(line).replace(/["#&<>`\\]/g, (character) => `#${character.charCodeAt(0)};`)).join('<br>')}"`;

function* diagram(
  { addresses, nodes, results, hearing }: RouterPrediction,
  index: number,
): Generator<string> {
  const id = `r${index + 1}`;
  const node = (name: string): string => `${id}n${nodes.indexOf(name) + 1}`;
  const [healthy] = results;
  yield `  subgraph ${id}[${label(addresses.join(', '))}]`;
  for (const name of nodes) {
    const own = Object.entries(healthy?.holders ?? {}).flatMap(([address, names]) =>
      names.includes(name) ? [address] : [],
    );
    yield `    ${node(name)}[${own.length > 0 ? label(name, `carries ${own.join(', ')}`) : label(name)}]${own.length > 0 ? ':::carries' : ''}`;
  }
  for (const { from, to, heard } of hearing) {
    yield heard
      ? `    ${node(from)} -- heard --> ${node(to)}`
      : `    ${node(from)} -. not heard .-x ${node(to)}`;
  }
  yield '  end';
  const faults = results.filter((result) => ['bad', 'inherent'].includes(concern(result)));
  for (const [number, result] of faults.entries()) {
    const { steps, holders, verdict } = result;
    const what = steps.length === 0 ? 'all nodes start' : steps.map(stepWords).join(', then ');
    const carried = [...new Set(Object.values(holders).map(list))].join('; ');
    const fault = `${id}f${number + 1}`;
    yield `  ${id} --> ${fault}{{${label(what)}}}`;
    yield `  ${fault} --> ${fault}v[${label(`${verdictWords[verdict]}: ${carried}`)}]:::${concern(result)}`;
  }
}
