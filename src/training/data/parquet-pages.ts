import type { FileMetaData } from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';

/**
 * Walks the page headers of every column and throws Error where a page has no size: hyparquet would lose its place in
 * such a file and never come back. Sizes are field 3 of the header (parquet.thrift, PageHeader).
 */
export function checkPages(file: ArrayBuffer, metadata: FileMetaData): void {
  for (const group of metadata.row_groups) {
    for (const { meta_data: column } of group.columns) {
      if (column === undefined) continue;
      const offsets = [column.dictionary_page_offset, column.data_page_offset].flatMap((at) => (at ? [Number(at)] : []));
      const start = Math.min(...offsets);
      const end = start + Number(column.total_compressed_size);
      if (!(start >= 0 && end <= file.byteLength && start <= end)) throw new Error('parquet column lies outside of the file');
      const reader = { view: new DataView(file, start, end - start), offset: 0 };
      while (reader.offset < reader.view.byteLength - 1) {
        const size: unknown = deserializeTCompactProtocol(reader)['field_3'];
        if (typeof size !== 'number' || !(size >= 0)) throw new Error('parquet page has no size');
        reader.offset += size;
      }
    }
  }
}
