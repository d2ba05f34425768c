CREATE TABLE `week_numbers` (
	`week_id` text PRIMARY KEY NOT NULL,
	`counted` text NOT NULL,
	`counted_at` integer NOT NULL,
	`final_at` integer,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action
);
