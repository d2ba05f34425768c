CREATE TABLE `link_pages` (
	`address` text PRIMARY KEY NOT NULL,
	`title` text,
	`site` text,
	`read_at` integer NOT NULL
);
