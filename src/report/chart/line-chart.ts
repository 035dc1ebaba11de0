/** Line charts as SVG that stands alone: no scripts, no fonts, nothing to load. */
import { linearScale, logarithmicScale, type Scale } from './scale.ts';

export interface ChartLine {
  readonly name: string;
  /** In order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly isDashed?: boolean;
  /** A dot at each point. */
  readonly hasDots?: boolean;
}

export interface ChartMark {
  readonly x: number;
  readonly text: string;
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly ChartLine[];
  /** Vertical lines with a word. */
  readonly marks?: readonly ChartMark[];
  /** Powers of ten upwards; values of 0 and less are left out. */
  readonly isLogarithmic?: boolean;
  /** What is written at places of x in place of numbers. */
  readonly categories?: readonly string[];
  formatX?(value: number): string;
  formatY?(value: number): string;
}

/** Charts one below the other. */
export function chartSvg(charts: readonly Chart[]): string {
  const height = charts.length * HEIGHT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(charts.map(({ title }) => title).join('; '))}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    '<g font-family="sans-serif" font-size="12" fill="#333">',
    ...charts.flatMap((chart, index) => [
      `<g transform="translate(0 ${index * HEIGHT})">`,
      ...chartParts(chart),
      '</g>',
    ]),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function chartParts(chart: Chart): string[] {
  const { lines, marks = [], isLogarithmic = false, categories } = chart;
  const drawn = lines.map((line) => ({
    ...line,
    points: line.points.filter(([, y]) => Number.isFinite(y) && (!isLogarithmic || y > 0)),
  }));
  const points = drawn.flatMap((line) => line.points);
  const xs = [...points.map(([x]) => x), ...marks.map((mark) => mark.x)];
  const ys = points.map(([, y]) => y);
  const head = [
    text(LEFT, 20, chart.title, 'font-size="14" font-weight="bold"'),
    text(LEFT, HEIGHT - 8, chart.xLabel),
    text(8, 38, chart.yLabel),
  ];
  if (points.length === 0) return [...head, text(LEFT + 20, HEIGHT / 2, 'nothing was measured')];
  const x =
    categories === undefined
      ? linearScale(Math.min(0, ...xs), Math.max(...xs))
      : categoryScale(categories.length);
  const y = isLogarithmic
    ? logarithmicScale(Math.min(...ys), Math.max(...ys))
    : linearScale(Math.min(0, ...ys), Math.max(...ys));
  const formatX =
    categories === undefined ? (chart.formatX ?? String) : (value: number) => categories[value] ?? '';
  return [
    ...head,
    ...grid(x, y, formatX, chart.formatY ?? String),
    ...marks.flatMap((mark, index) => markParts(mark, x, index)),
    ...drawn.flatMap((line, index) => lineParts(line, index, x, y)),
    ...(drawn.length > 1 ? drawn.flatMap(legendParts) : []),
  ];
}

/** Places of `count` things, half a step from the ends. */
function categoryScale(count: number): Scale {
  return {
    ticks: Array.from({ length: count }, (_, index) => index),
    place: (value) => (value + 0.5) / count,
  };
}

function grid(
  x: Scale,
  y: Scale,
  formatX: (value: number) => string,
  formatY: (value: number) => string,
): string[] {
  return [
    ...y.ticks.flatMap((tick) => [
      `<path d="M${LEFT} ${placeY(y, tick)}H${WIDTH - RIGHT}" stroke="#ddd"/>`,
      text(LEFT - 6, placeY(y, tick) + 4, formatY(tick), 'text-anchor="end"'),
    ]),
    ...x.ticks.map((tick) =>
      text(placeX(x, tick), HEIGHT - BOTTOM + 18, formatX(tick), 'text-anchor="middle"'),
    ),
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="#333"/>`,
  ];
}

function lineParts(line: ChartLine, index: number, x: Scale, y: Scale): string[] {
  const color = colorOf(index);
  const places = line.points.map(([valueX, valueY]) => [placeX(x, valueX), placeY(y, valueY)] as const);
  if (places.length === 0) return [];
  const dash = line.isDashed === true ? ' stroke-dasharray="6 4"' : '';
  const path = `<path d="M${places.map((place) => place.join(' ')).join('L')}" fill="none" stroke="${color}" stroke-width="2"${dash}/>`;
  if (line.hasDots !== true) return [path];
  return [path, ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}"/>`)];
}

function markParts({ x: value, text: words }: ChartMark, x: Scale, index: number): string[] {
  const place = placeX(x, value);
  const y = HEIGHT - BOTTOM - 12 - (index % 4) * 14;
  return [
    `<path d="M${place} ${TOP}V${HEIGHT - BOTTOM}" stroke="#999" stroke-dasharray="2 3"/>`,
    // One above the other, so that marks close together can be read, and on the side that has room.
    place > WIDTH * 0.65 ? text(place - 4, y, words, 'text-anchor="end"') : text(place + 4, y, words),
  ];
}

function legendParts({ name, isDashed }: ChartLine, index: number): string[] {
  const y = 14 + index * 15;
  const words = name.length > LEGEND_LETTERS ? `${name.slice(0, LEGEND_LETTERS - 1)}…` : name;
  const dash = isDashed === true ? ' stroke-dasharray="6 4"' : '';
  return [
    `<path d="M${WIDTH - RIGHT - 24} ${y - 4}h24" stroke="${colorOf(index)}" stroke-width="2"${dash}/>`,
    text(WIDTH - RIGHT - 30, y, words, 'text-anchor="end"'),
  ];
}

function colorOf(index: number): string {
  return COLORS[index % COLORS.length]!;
}

function placeX(scale: Scale, value: number): number {
  return tenths(LEFT + scale.place(value) * (WIDTH - LEFT - RIGHT));
}

function placeY(scale: Scale, value: number): number {
  return tenths(HEIGHT - BOTTOM - scale.place(value) * (HEIGHT - TOP - BOTTOM));
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 76;
const RIGHT = 24;
const TOP = 48;
const BOTTOM = 44;
const LEGEND_LETTERS = 40;
/** Told apart by people who do not see all colours, too. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
