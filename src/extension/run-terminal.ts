import * as vscode from 'vscode';
import type { RunMirror } from './run-mirror.js';
import { exitCode, reportLine } from './run-report.js';
import { asErrorData } from './error-data.js';
import type { Services } from './services.js';
import { startRun, type RunOverrides } from './train.js';

/** The exit code of a task that could not start. */
const NOT_STARTED = 2;

/** The terminal of a training task. Closing it stops the run. */
export class RunTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<number>();
  private run: RunMirror | undefined;
  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closed.event;

  constructor(
    private readonly services: Services,
    private readonly uri: vscode.Uri,
    private readonly overrides: RunOverrides,
  ) {}

  open(): void {
    void this.train().then(
      (code) => this.closed.fire(code),
      (error: unknown) => {
        const { message, action } = asErrorData(error);
        this.write(`${message} ${action}`);
        this.closed.fire(NOT_STARTED);
      },
    );
  }

  close(): void {
    if (this.run !== undefined && this.services.runs.running === this.run) void this.services.runs.stop();
  }

  /** Control-C stops the run. */
  handleInput(data: string): void {
    if (data === '\x03') this.close();
  }

  private async train(): Promise<number> {
    const { runs } = this.services;
    this.write(`Training ${vscode.workspace.asRelativePath(this.uri)}`);
    const run = await startRun(this.services, this.uri, this.overrides);
    if (run === undefined) {
      this.write('Not started.');
      return NOT_STARTED;
    }
    this.run = run;
    const subscription = runs.onEvent(({ run: other, event }) => {
      const line = other === run ? reportLine(event) : null;
      if (line !== null) this.write(line);
    });
    await runs.whenEnded(run);
    subscription.dispose();
    if (run.error !== null) this.write(`${run.error.message} ${run.error.action}`);
    return exitCode(run);
  }

  private write(text: string): void {
    this.written.fire(`${text.replaceAll('\n', '\r\n')}\r\n`);
  }
}
