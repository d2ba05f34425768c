CREATE TABLE `budget_notices` (
	`account_id` text NOT NULL,
	`month` text NOT NULL,
	`budget` integer NOT NULL,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `month`, `budget`, `kind`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `charges` (
	`account_id` text NOT NULL,
	`day` text NOT NULL,
	`kind` text NOT NULL,
	`week_id` text NOT NULL,
	`units` integer NOT NULL,
	`cost` integer NOT NULL,
	PRIMARY KEY(`account_id`, `day`, `kind`, `week_id`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `charges_week` ON `charges` (`week_id`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `prices` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `monthly_budget` integer;--> statement-breakpoint
ALTER TABLE `deliveries` ADD `over_budget` integer DEFAULT false NOT NULL;