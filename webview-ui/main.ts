/*
 * Entry of the dashboard page: dist/dashboard.js (a classic script), dist/dashboard.css and dist/codicon.ttf.
 *
 * In a report (src/telemetry/report-html.ts) the page finds its run in the document. Elsewhere
 * the shell around it belongs to the host and must contain
 *   <link rel="stylesheet" href="…/dashboard.css"> in its head and
 *   <script nonce="…" src="…/dashboard.js"></script> at the end of its body.
 * The page adds its <gradwatch-dashboard> element where the shell has none.
 * A content security policy of
 *   default-src 'none'; style-src <source>; font-src <source>; img-src <source>; script-src 'nonce-…'
 * is enough: no inline script or style, no eval, no connection. Colours come from VS Code's --vscode-* variables on the root,
 * light or dark from its classes on the body. The page sends { type: 'ready' } and expects a snapshot (page-protocol.ts).
 */
import './styles/codicons.css';
import 'uplot/dist/uPlot.min.css';
import './styles/dashboard.css';
import './parts/dashboard.js';
import { followColourScheme } from './report/colour-scheme.js';
import { REPORT_RUN_ID } from '../src/telemetry/report-html.js';

if (document.getElementById(REPORT_RUN_ID) !== null) followColourScheme();
if (document.querySelector('gradwatch-dashboard') === null) document.body.append(document.createElement('gradwatch-dashboard'));
