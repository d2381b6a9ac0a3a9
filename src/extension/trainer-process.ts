import { fork, spawn, type ChildProcess } from 'node:child_process';
import { AppError } from '../config/app-error.js';
import { TRAINER_FLAGS, type TrainerCommand, type TrainerMessage } from '../telemetry/trainer-protocol.js';
import { Emitter } from './emitter.js';
import { StopLadder, STOP_TIMES, type StopTimes } from './stop-ladder.js';
import { TextTail } from './text-tail.js';
import { say } from './language.js';

export interface TrainerLaunch {
  /** Absolute path of dist/trainer.js. */
  script: string;
  /** Node to run it with; default: the editor's own. */
  nodePath?: string;
  cwd: string;
  stopTimes?: StopTimes;
}

/** Wait for the rest of stderr after the end of the process; a child of it may hold the stream open. */
const LAST_WORDS_MS = 200;

/** How a trainer process ended. */
export interface TrainerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Last lines of its stderr. */
  stderr: string[];
  /** Somebody here asked it to end. */
  requested: boolean;
}

/** One trainer process, spoken to in typed messages. */
export class TrainerProcess {
  private readonly child: ChildProcess;
  private readonly ladder: StopLadder;
  private readonly stderr = new TextTail();
  private readonly messages = new Emitter<TrainerMessage>();
  private readonly exits = new Emitter<TrainerExit>();
  private readonly outputs = new Emitter<string>();
  private requested = false;
  private gone = false;

  readonly onMessage = this.messages.event;
  /** Fires once. */
  readonly onExit = this.exits.event;
  /** What it wrote to stdout and stderr. */
  readonly onOutput = this.outputs.event;

  constructor(launch: TrainerLaunch) {
    this.child = fork(launch.script, [], {
      cwd: launch.cwd,
      execPath: launch.nodePath ?? process.execPath,
      // The extension host's own flags (an inspector's port, for one) are not for the trainer.
      execArgv: [...TRAINER_FLAGS],
      env: trainerEnvironment(process.env),
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own, so that the last means reaches its children too.
      detached: process.platform !== 'win32',
    });
    this.ladder = new StopLadder(
      { ask: () => this.send({ type: 'stop' }), terminate: () => this.child.kill('SIGTERM'), kill: () => this.killTree() },
      launch.stopTimes ?? STOP_TIMES,
    );
    this.listen();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get alive(): boolean {
    return !this.gone;
  }

  /** Sends a command; does nothing once the process is gone. */
  send(command: TrainerCommand): void {
    if (this.gone || !this.child.connected) return;
    this.child.send(command, () => undefined);
  }

  /** Asks for the end, then forces it (see StopTimes). */
  stop(): void {
    this.requested = true;
    if (!this.gone) this.ladder.start();
  }

  /** The run has ended by itself and the process is about to: make sure that it does. */
  release(): void {
    if (this.gone) return;
    this.requested = true;
    this.ladder.expectEnd();
  }

  /** Ends it at once, without asking. */
  kill(): void {
    this.requested = true;
    this.killTree();
  }

  /** The trainer said that it is stopping. */
  acknowledgeStop(): void {
    this.ladder.acknowledge();
  }

  private listen(): void {
    this.child.on('message', (message) => this.messages.fire(message as TrainerMessage));
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.outputs.fire(text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr.add(text);
      this.outputs.fire(text);
    });
    this.child.once('error', (error) => {
      this.stderr.add(`${error.message}\n`);
      // A process that never started gives no 'exit'.
      if (this.child.pid === undefined) this.leave(null, null);
    });
    // Not 'close': a child of the trainer that holds its stderr would delay it for as long as it lives.
    this.child.once('exit', (code, signal) => {
      const leave = () => this.leave(code, signal);
      if (this.child.stderr === null || this.child.stderr.readableEnded) leave();
      else this.child.stderr.once('close', leave);
      setTimeout(leave, LAST_WORDS_MS);
    });
  }

  private leave(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.gone) return;
    this.gone = true;
    this.ladder.clear();
    this.exits.fire({ code, signal, stderr: this.stderr.lines(), requested: this.requested });
  }

  private killTree(): void {
    const { pid } = this.child;
    if (this.gone || pid === undefined) return;
    if (process.platform === 'win32') {
      spawn('taskkill', ['/T', '/F', '/PID', String(pid)], { stdio: 'ignore' }).on('error', () => this.child.kill('SIGKILL'));
      return;
    }
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.child.kill('SIGKILL');
    }
  }
}

/** The environment of a trainer: the editor's, as plain Node, without options meant for the editor's processes. */
function trainerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VSCODE_INSPECTOR_OPTIONS: _inspector, ...rest } = env;
  return { ...rest, ELECTRON_RUN_AS_NODE: '1' };
}

/** The error that tells of a trainer that ended before its run did. */
export function crashError(exit: TrainerExit, lastStep: number): AppError {
  const how =
    exit.signal !== null
      ? say('was ended by {0}', exit.signal)
      : exit.code === null
        ? say('could not be started')
        : say('ended with exit code {0}', exit.code ?? '');
  const where = lastStep >= 0 ? say('at step {0}', lastStep) : say('before its first step');
  const said = exit.stderr.length > 0 ? say(' Its last words: {0}', exit.stderr.slice(-3).join(' | ')) : '';
  return new AppError(
    'trainer-crashed',
    say('The trainer process {0} {1}.{2}', how, where, said),
    say('Open the log for the whole output, then train again.'),
  );
}
