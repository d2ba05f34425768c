CREATE TABLE `second_posts` (
	`account_id` text NOT NULL,
	`network_id` text NOT NULL,
	`delivery_id` text NOT NULL,
	`state` text NOT NULL,
	`at` integer NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`not_before` integer,
	`trouble` text,
	PRIMARY KEY(`account_id`, `network_id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`delivery_id`) REFERENCES `deliveries`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `second_posts_delivery` ON `second_posts` (`delivery_id`);--> statement-breakpoint
CREATE INDEX `second_posts_state` ON `second_posts` (`state`);