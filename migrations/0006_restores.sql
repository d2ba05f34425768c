CREATE TABLE `posts_since_copy` (
	`account_id` text NOT NULL,
	`network_id` text NOT NULL,
	`text` text NOT NULL,
	`reply_to` text,
	`media_count` integer NOT NULL,
	`posted_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `network_id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `restores` (
	`account_id` text PRIMARY KEY NOT NULL,
	`copy_of` integer NOT NULL,
	`restored_at` integer NOT NULL,
	`compared_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
