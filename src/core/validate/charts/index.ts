import type { Across } from '../across.ts';
import { checkChartFiles } from './chart-file.ts';
import { checkCharts } from './faults.ts';

/** What is wrong with charts; why they cannot be rendered comes last, as it says only what the others do not. */
export const chartChecks: readonly Across[] = [checkChartFiles, checkCharts];
