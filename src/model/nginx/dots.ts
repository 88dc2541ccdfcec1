/** Dots of regular expressions that stand for any character where a dot was meant. */

/** Endings of files and of names of hosts that people write into patterns. */
const endings =
  'php\\d?|html?|css|js|json|xml|txt|png|jpe?g|gif|ico|svgz?|webp|woff2?|ttf|eot|pdf|zip|gz|tar|sql|bak|log|ini|conf|env|git|svn|htaccess|htpasswd|aspx?|jspx?|cgi|pl|py|sh|mp3|mp4|swf';
const domains =
  'com|net|org|edu|gov|info|biz|io|dev|app|cloud|ru|de|fr|it|es|nl|pl|uk|cn|jp|br|in|eu|us|ch|at|cz|se';

const atEnd = '(?:\\)?(?:\\$|\\\\b|\\(\\/(?:\\.\\*)?(?:\\|\\$)?\\)\\??\\$?))?$';
const fileDot = new RegExp(
  `\\.(?=(?:(?:${endings})|\\((?:\\?:)?(?:${endings})(?:\\|(?:${endings}))*\\))${atEnd})`,
  'gi',
);
const hostDot = new RegExp(`\\.(?=(?:${domains})\\)?(?:\\$|\\)|:|\\\\?/|$))`, 'gi');

/** The places in a pattern, inside and outside of classes: those of each character outside. */
function outside(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  let inClass = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (inClass) inClass = text[at] !== ']';
    else if (text[at] === '[') {
      inClass = true;
      if (text[at + 1] === '^') at++;
      if (text[at + 1] === ']') at++;
    } else found.add(at);
  }
  return found;
}

/** Where the dot before an ending stands that was meant as a dot; undefined of none. */
export function unescapedDot(text: string, kind: 'file' | 'host'): number | undefined {
  const dots = outside(text);
  for (const { index } of text.matchAll(kind === 'file' ? fileDot : hostDot)) {
    if (!dots.has(index)) continue;
    // A name of a host stands before it, or some of its letters.
    if (kind === 'file' || /[\w)\]+*-]$/.test(text.slice(0, index))) return index;
  }
  return undefined;
}
