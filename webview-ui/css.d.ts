/** Style sheets are bundled by esbuild for their effect alone. */
declare module '*.css';
