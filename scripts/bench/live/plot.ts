import type { Growth } from './growth.ts';

const width = 320;
const height = 200;
const margin = { left: 48, right: 12, top: 28, bottom: 32 };

/** The figures over the number of objects, a chart each, as SVG in the colours of the page. */
export function growthPlot(growth: readonly Growth[]): string {
  const charts = [
    chart('driftline drift, cold (s)', growth, ({ cold }) => cold / 1000),
    chart('memory above idle (MB)', growth, ({ memory }) => memory),
    chart('event to marker, p95 (ms)', growth, ({ latency }) => latency.p95),
  ];
  const parts = charts.map(
    (part, index) => `<g transform="translate(${index * width} 0)">${part}</g>`,
  );
  const all = width * charts.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${all} ${height}" width="${all}" height="${height}" font-family="sans-serif" font-size="11" fill="#888">
${parts.join('\n')}
</svg>
`;
}

function chart(title: string, growth: readonly Growth[], value: (of: Growth) => number): string {
  const most = Math.max(...growth.map(({ objects }) => objects));
  const top = Math.max(...growth.map(value)) * 1.15 || 1;
  const x = (objects: number) =>
    margin.left + (objects / most) * (width - margin.left - margin.right);
  const y = (of: number) =>
    height - margin.bottom - (of / top) * (height - margin.top - margin.bottom);
  const points = growth.map(each => [x(each.objects), y(value(each))].map(round).join(','));
  const labels = growth.map(each => {
    const at = `x="${round(x(each.objects))}" y="${round(y(value(each)) - 7)}"`;
    return `<text ${at} text-anchor="end">${figure(value(each))}</text>`;
  });
  const ticks = growth
    .filter(({ objects }) => objects >= most / 4)
    .map(({ objects }) => {
      const at = `x="${round(x(objects))}" y="${height - margin.bottom + 16}"`;
      return `<text ${at} text-anchor="middle">${objects.toLocaleString('en')}</text>`;
    });
  const base = height - margin.bottom;
  return [
    `<text x="${margin.left}" y="16" font-weight="bold">${title}</text>`,
    `<path d="M${margin.left} ${margin.top}V${base}H${width - margin.right}" fill="none" stroke="#888"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="#3794ff" stroke-width="2"/>`,
    ...points.map(point => {
      const [cx, cy] = point.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="3" fill="#3794ff"/>`;
    }),
    ...labels,
    ...ticks,
  ].join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}
