/** The last lines of a stream, for the message about a crash. */
export class TextTail {
  private text = '';

  constructor(private readonly maxLines = 12) {}

  add(chunk: string): void {
    const lines = (this.text + chunk).split('\n');
    this.text = lines
      .slice(-(this.maxLines + 1))
      .join('\n')
      .slice(-8192);
  }

  /** The last lines that say something, oldest first. */
  lines(): string[] {
    return this.text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-this.maxLines);
  }
}
